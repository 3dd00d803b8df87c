/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_TRANSPORT_H
#define MSAK_TRANSPORT_H

#include <sys/types.h>
#include <sys/uio.h>

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A connected TCP socket, in the clear or under TLS, without blocking. Reads
 * and writes return as read(2) and writev(2) do; with EAGAIN the caller waits
 * for what transport_want says. The two counters are of the socket itself,
 * below TLS.
 */
struct transport {
	int		 fd;		/* owned; -1: closed */
	SSL		*ssl;		/* owned; NULL: in the clear */
	bool		 in_handshake;
	bool		 write_wants_read, read_wants_write;	/* TLS */
	bool		 peer_closed;
	bool		 keeps_buffers;	/* of TLS, from record to record */
	int64_t		 tls_moved;	/* payload */
	int64_t		 net_received, net_sent;	/* in the clear, all */
	int64_t		 net_received_base, net_sent_base;
	char		 error[160];	/* what TLS had against it, or "" */
};

/* What both ends want of TLS: AES-128-GCM first, the fastest wherever the CPU
 * knows AES. 0, or -1. */
int	transport_suites(SSL_CTX *ctx);
/* In the clear. */
void	transport_clear(struct transport *t, int fd);
/*
 * Under TLS; the handshake is still to come. host: whom a client talks to (for
 * SNI, and checked against the certificate unless verify is off), NULL for a
 * server. 0, or -1 with errno; fd is the caller's again then.
 */
int	transport_tls(struct transport *t, int fd, SSL_CTX *ctx,
	    const char *host, bool verify);
/* 1: done (at once in the clear); 0: wait; -1: failed, see error. */
int	transport_handshake(struct transport *t);
/* LOOP_READ and LOOP_WRITE for what the caller wants to do next. */
unsigned int transport_want(const struct transport *t, bool read, bool write);

ssize_t	transport_read(struct transport *t, void *buf, size_t len);
/*
 * Throw away at most n bytes that come next: in the kernel when it is in the
 * clear, else through scratch (of len bytes). As read(2).
 */
ssize_t	transport_drop(struct transport *t, uint64_t n, void *scratch,
	    size_t len);
ssize_t	transport_write(struct transport *t, const struct iovec *iov, int n);
/* Bytes are waiting inside TLS, which the descriptor does not show. */
bool	transport_pending(const struct transport *t);

/* The counters begin anew: the 101 is not part of the test. */
void	transport_count_from_here(struct transport *t);
void	transport_counts(const struct transport *t, int64_t *received,
	    int64_t *sent);
/* close_notify, FIN; what the peer still sends is not waited for. */
void	transport_shutdown(struct transport *t);
void	transport_close(struct transport *t);

#endif
