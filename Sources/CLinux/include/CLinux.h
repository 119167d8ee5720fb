// What the C library's Swift module leaves out: epoll(7), mallinfo2(3) and mallopt(3).
#pragma once
#include <malloc.h>
#include <sys/epoll.h>
