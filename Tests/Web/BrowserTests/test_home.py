"""Home: the machine at a glance, and its LEDs."""
import re

from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys

from support.case import PageTest

DISPLAY = "led/backlight:display"
DISPLAY_FILE = "sys/class/leds/backlight:display/brightness"
INDICATOR = "led/rgb:indicator"
INDICATOR_FILES = "sys/class/leds/rgb:indicator"


class AtHome(PageTest):
    device_options = {"with_host": True}

    def led(self, name):
        """The controls of an LED."""
        return self.wait(lambda: [each for each in self.all("listitem") if name in each.text.split("\n")[0]], f"there is the LED {name}")[0]

    def slider(self, name):
        return self.find("slider", f"Brightness of {name}")

    def brightness(self):
        # Empty while it is written.
        return int(self.device.read(DISPLAY_FILE) or -1)

    # What is seen

    def test_the_machine_is_seen_at_a_glance(self):
        self.open()
        for text in ("Debian GNU/Linux 12", "Package id 0", "45.0 °C", "max 85", "CPU fan", "1,180 rpm", "display, backlight",
                     "198.51.100.23/24", "backup.service", "/boot", "nvme0n1", "charging"):
            self.wait_text(text)

    def test_a_temperature_that_changes_is_seen(self):
        self.open()
        file = "sys/class/hwmon/hwmon0/temp1_input"
        self.wait_text("45.0 °C")
        try:
            self.device.write(file, 96500)
            self.wait_text("96.5 °C")
            self.wait_text("high")
        finally:
            self.device.write(file, 45000)
        self.wait(lambda: "96.5" not in self.browser.text(), "it is as before")

    def test_the_states_of_another_agent_look_as_good(self):
        self.open()
        self.wait_text("Boiler")
        self.wait_text("max 90 · critical 100")
        self.find("slider", "Brightness of Signal lamp")

    # LEDs

    def test_a_slider_moves_by_keyboard_and_the_file_and_the_state_follow(self):
        self.log_in()
        self.open()
        slider = self.slider("display, backlight")
        before = self.brightness()
        self.browser.run("arguments[0].focus()", slider)
        self.press(Keys.ARROW_RIGHT)
        self.wait(lambda: self.brightness() == before + 1, lambda: f"the file has {before + 1}; it has {self.brightness()}")
        self.wait_value(DISPLAY, lambda value: value["brightness"] == before + 1)
        self.press(Keys.HOME)
        self.wait(lambda: self.brightness() == 0, "the LED is off")
        self.press(Keys.END)
        self.wait(lambda: self.brightness() == 255, "the LED is as bright as it can be")
        self.wait_value(DISPLAY, lambda value: value["brightness"] == 255)

    def test_a_slider_moves_by_pointer_and_the_file_and_the_state_follow(self):
        self.log_in()
        self.open()
        slider = self.slider("display, backlight")
        width = slider.size["width"]
        self.browser.run("arguments[0].scrollIntoView({ block: 'center' })", slider)
        # From the left end to three quarters, in steps as a hand makes them.
        hand = ActionChains(self.driver, duration=50).move_to_element_with_offset(slider, -width // 2 + 8, 0).click_and_hold()
        for _ in range(6):
            hand.move_by_offset(width // 8, 0)
        hand.release().perform()
        self.wait(lambda: 150 < self.brightness() < 230, lambda: f"the file follows; it has {self.brightness()}")
        self.wait_value(DISPLAY, lambda value: value["brightness"] == self.brightness())
        self.wait(lambda: int(slider.get_attribute("value")) == self.brightness(), "the slider stands where the LED is")

    def test_the_slider_follows_a_change_that_others_make(self):
        self.open()
        slider = self.slider("display, backlight")
        self.device.jet("set", DISPLAY, "77")
        self.wait(lambda: slider.get_attribute("value") == "77", "the slider follows")
        self.device.jet("set", DISPLAY, "100")

    def test_a_switch_turns_an_led_on_and_off(self):
        self.log_in()
        self.open()
        file = "sys/class/leds/green:status/brightness"
        self.click("switch", "status, green on")
        self.wait(lambda: self.device.read(file) == "1", "it is on")
        self.wait(lambda: self.find("switch", "status, green on").is_selected(), "the switch is on")
        self.click("switch", "status, green on")
        self.wait(lambda: self.device.read(file) == "0", "it is off")

    def test_an_led_gets_a_colour_and_a_trigger_and_identifies_itself(self):
        self.log_in()
        self.open()
        row = self.led("indicator, rgb")
        self.click("button", re.compile("^More"), row)
        colour = self.wait(lambda: self.browser.run("return arguments[0].querySelector('input[type=color]')", row), "a colour can be chosen")
        # The dialog of the browser for colours is no part of the page.
        self.browser.run("arguments[0].value = '#ff8000'; arguments[0].dispatchEvent(new Event('input', { bubbles: true }));"
                         "arguments[0].dispatchEvent(new Event('change', { bubbles: true }))", colour)
        self.wait(lambda: self.device.read(f"{INDICATOR_FILES}/multi_intensity") == "255 128 0", "the colour is in the file")
        self.wait_value(INDICATOR, lambda value: value["color"] == {"red": 255, "green": 128, "blue": 0})
        trigger = self.find("combobox", "Trigger", row)
        trigger.send_keys("heartbeat")
        self.wait(lambda: self.device.read(f"{INDICATOR_FILES}/trigger") == "heartbeat", "the trigger is in the file")
        # As the kernel would show it.
        self.device.write(f"{INDICATOR_FILES}/trigger", "none timer [heartbeat]")
        self.wait_value(INDICATOR, lambda value: value["trigger"] == "heartbeat")
        self.click("button", "Identify indicator, rgb", row)
        self.wait_text("blinks for ten seconds")
        self.click("button", "Less of indicator, rgb", row)
        self.wait_gone("combobox", "Trigger", row)

    def test_without_the_right_controls_are_disabled_with_the_reason(self):
        self.open()
        self.wait(lambda: self.is_disabled(self.slider("display, backlight")), "the slider is disabled")
        for switch in self.all("switch", re.compile("(display|status|indicator)")):
            self.assertTrue(self.is_disabled(switch))
        self.find("link", "Log in to change this")
        self.assertIn("without a login", self.slider("display, backlight").get_attribute("title"))
        before = self.brightness()
        # By force: the daemon has the last word.
        self.browser.run("""
            const slider = arguments[0]
            slider.disabled = false
            slider.value = 3
            slider.dispatchEvent(new Event("input", { bubbles: true }))""", self.slider("display, backlight"))
        self.wait_text(re.compile("do not have the right|read-only", re.IGNORECASE))
        self.assertEqual(self.brightness(), before)

    def test_a_guest_is_refused_with_the_name(self):
        self.log_in("guest", "guest")
        self.open()
        self.wait(lambda: self.is_disabled(self.slider("display, backlight")), "the slider is disabled")
        self.wait_text("Read-only for guest")

    # What is done

    def test_an_update_shows_its_progress_and_that_a_restart_is_needed(self):
        self.log_in()
        self.open()
        self.click("button", "Check")
        self.wait_text("4 packages can be updated")
        self.click("button", re.compile("^Update …"))
        self.click("button", re.compile("^Update"), self.find("dialog"))
        self.wait(lambda: self.all("progressbar", re.compile("update")) or self.all("meter", re.compile("update")), "the progress is shown")
        self.wait_text("installing")
        self.wait_text(re.compile("restart required|must be restarted", re.IGNORECASE))

    def test_a_service_is_stopped_after_a_question_and_started(self):
        self.log_in()
        self.open()
        self.click("button", "Stop my-machine.service")
        dialog = self.find("dialog")
        self.assertIn("Stop my-machine.service?", dialog.text)
        self.press(Keys.ESCAPE)
        self.wait_gone("dialog")
        self.click("button", "Stop my-machine.service")
        self.click("button", "Stop", self.find("dialog"))
        self.click("button", "Start my-machine.service")
        self.find("button", "Stop my-machine.service")

    def test_home_works_by_keyboard_alone(self):
        self.log_in()
        self.open()
        before = self.brightness()
        slider = self.slider("display, backlight")
        self.tab_to(self.find("button", re.compile("^More"), self.led("display, backlight")))
        self.press(Keys.ENTER)
        self.find("combobox", "Trigger", self.led("display, backlight"))
        self.tab_to(slider)
        self.press(Keys.ARROW_LEFT if before > 0 else Keys.ARROW_RIGHT)
        self.wait(lambda: self.brightness() != before, "the LED follows")
        self.tab_to(self.find("button", "Stop my-machine.service"))
        self.press(Keys.ENTER)
        self.find("dialog")
        self.press(Keys.ESCAPE)
        self.wait_gone("dialog")
        self.assertEqual(self.browser.run("return document.activeElement.computedName"), "Stop my-machine.service")
