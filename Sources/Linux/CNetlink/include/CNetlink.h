// The kernel's own headers of rtnetlink(7), of sock_diag(7), and of generic netlink with its families of thermal events
// and of wireless links, which the C library's module leaves out.
#pragma once
#include <linux/genetlink.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/nl80211.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/thermal.h>
