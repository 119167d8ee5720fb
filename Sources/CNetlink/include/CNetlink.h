// The kernel's own headers of rtnetlink(7), which the C library's module leaves out.
#pragma once
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
