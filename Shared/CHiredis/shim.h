#pragma once
#include <hiredis/hiredis.h>

/// The context's error text. Swift sees `errstr` as a 128-tuple.
static inline const char *CHiredis_errstr(const redisContext *context) { return context->errstr; }
