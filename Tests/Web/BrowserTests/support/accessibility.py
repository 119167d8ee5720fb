"""Checks of what is shown for people who use a keyboard, a screen reader or a magnifier."""
import pathlib

from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys

HERE = pathlib.Path(__file__).parent
SCRIPT = (HERE / "accessibility.js").read_text()
# Chromium calls each box that scrolls focusable.
NEED_NO_NAME = ("RootWebArea", "main", "option", "MenuListOption", "rowgroup", "generic")
FOCUSED = (HERE / "focused.js").read_text()


def problems(browser):
    """What a script in the page finds, and what stands in the browser's own accessibility tree."""
    found = list(browser.run(SCRIPT))
    nodes = browser.cdp("Accessibility.getFullAXTree")["nodes"]
    for node in nodes:
        properties = {each["name"]: each["value"].get("value") for each in node.get("properties", [])}
        role, name = node.get("role", {}).get("value"), node.get("name", {}).get("value", "")
        if node.get("ignored") or not properties.get("focusable") or role in NEED_NO_NAME:
            continue
        if not name.strip():
            found.append(f"accessibility tree: a focusable {role} without a name")
    return found


def focus_walk(browser, limit=400):
    """Presses Tab until the focus has been everywhere. Returns what was focused, in order, and the problems: what shows no
    focus, is out of sight, comes in another order than it is seen, or does not let the focus go."""
    browser.run("document.activeElement?.blur(); window.getSelection().removeAllRanges();"
                "document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex'); scrollTo(0, 0)")
    keyboard = ActionChains(browser.driver, duration=0)
    stops, found = [], []
    for _ in range(limit):
        keyboard.send_keys(Keys.TAB).perform()
        stop = browser.run(FOCUSED)
        if stop is None or (stops and stop["number"] == stops[0]["number"]):
            break
        if stops and stop["number"] == stops[-1]["number"]:
            # Parts of one control, such as those of a date.
            stop["repeats"] = stops[-1].get("repeats", 0) + 1
            stops[-1] = stop
            if stop["repeats"] > 8:
                found.append(f"{stop['what']}: keeps the focus")
                break
            continue
        stops.append(stop)
    else:
        found.append(f"the focus does not leave the page after {limit} steps")
    for stop in stops:
        if not stop["isMarked"]:
            found.append(f"{stop['what']}: focused, but looks as before")
        if not stop["isSeen"]:
            found.append(f"{stop['what']}: focused, but out of sight or covered")
    for before, after in zip(stops, stops[1:]):
        goes_up = after["bottom"] <= before["top"] and after["left"] < before["right"] and after["area"] == before["area"]
        if goes_up:
            found.append(f"{after['what']}: after {before['what']}, but stands above it")
    return stops, found
