// The kernel's own headers of rtnetlink(7), and of generic netlink with its families of thermal events and of wireless
// links, which the C library's module leaves out.
#pragma once
#include <linux/genetlink.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/nl80211.h>
#include <linux/rtnetlink.h>
#include <linux/thermal.h>
