#pragma once
#include <zlib.h>

/// deflateInit2 is a macro that hands the header's version and the stream's size to the library.
static inline int CZlib_begin_gzip(z_stream *stream, int level) {
  return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
