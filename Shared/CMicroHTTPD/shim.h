#pragma once
#include <microhttpd.h>
#include <stddef.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

/// MHD_start_daemon is variadic, which Swift cannot call; every option goes into one array instead.
static inline struct MHD_Daemon *CMicroHTTPD_start(
    unsigned int flags, uint16_t port, MHD_AccessHandlerCallback handler, void *handler_context,
    struct MHD_OptionItem *options) {
  return MHD_start_daemon(flags, port, NULL, NULL, handler, handler_context, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

/// MHD_get_connection_info is variadic. The connection's socket, or -1.
static inline int CMicroHTTPD_socket(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info == NULL ? -1 : info->connect_fd;
}

/// The client's address; valid while the connection is, NULL when unknown.
static inline const struct sockaddr *CMicroHTTPD_client_address(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  return info == NULL ? NULL : info->client_addr;
}

/// What was stored for the connection when it was accepted, or NULL.
static inline void *CMicroHTTPD_socket_context(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return info == NULL ? NULL : info->socket_context;
}

/// The size of the request's header in bytes.
static inline size_t CMicroHTTPD_header_size(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
  return info == NULL ? 0 : info->header_size;
}

/// epoll_event's union cannot be filled from Swift without copying through memory; this does it in one place.
static inline int CMicroHTTPD_watch(int epoll, int descriptor, unsigned int events, uint64_t token) {
  struct epoll_event event = {.events = events, .data = {.u64 = token}};
  return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

/// Ends what CMicroHTTPD_watch began.
static inline int CMicroHTTPD_unwatch(int epoll, int descriptor) {
  return epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, NULL);
}

/// EPOLLRDHUP, EPOLLET and their kin are an enum and an unsigned macro; Swift sees them as three different types.
static const unsigned int CMicroHTTPD_HANGUP_ONCE = EPOLLRDHUP | EPOLLHUP | EPOLLERR | EPOLLONESHOT;
static const unsigned int CMicroHTTPD_READABLE = EPOLLIN;

/// A descriptor that another thread makes readable; Swift's C library module leaves sys/eventfd.h out.
static inline int CMicroHTTPD_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

/// Makes it readable.
static inline int CMicroHTTPD_signal(int descriptor) { return eventfd_write(descriptor, 1); }

/// Whether nothing was ever sent on a TCP connection. The kernel counts (tcpi_data_segs_out, Linux 4.6), but the C library's
/// tcp_info is older than that; the place of a field in the kernel's structure never changes. The numbers are those of
/// netinet/in.h and netinet/tcp.h: with their headers here, Swift would take all of them for this module's.
static inline int CMicroHTTPD_is_silent(int descriptor) {
  const int protocol_tcp = 6, tcp_info = 11;
  unsigned char info[160];
  unsigned int segments;
  socklen_t size = sizeof info;
  if (getsockopt(descriptor, protocol_tcp, tcp_info, info, &size) != 0 || size < sizeof info) return 0;
  memcpy(&segments, info + 156, sizeof segments);
  return segments == 0;
}
