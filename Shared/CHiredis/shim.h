#pragma once
#include <hiredis/hiredis.h>
// Swift's Glibc module leaves these two headers out; the event loop under the connections needs them.
#include <sys/epoll.h>
#include <sys/eventfd.h>
