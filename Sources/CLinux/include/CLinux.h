// What the C library's Swift module leaves out: epoll(7) and mallinfo2(3).
#pragma once
#include <malloc.h>
#include <sys/epoll.h>
