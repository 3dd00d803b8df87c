/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/addr.h"
#include "common/loop.h"
#include "common/sock.h"
#include "msak/transport.h"

/* Buffers of TLS, 34 kB, are given back between records. Connections that have
 * moved this much are spared that. */
#define KEEP_BUFFERS	4194304

/* Of TLS 1.2 and older all of OpenSSL's default, which has a name only at the
 * beginning of a list. */
int
transport_suites(SSL_CTX *ctx)
{
	return SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256:"
	    "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256") == 1 &&
	    SSL_CTX_set_cipher_list(ctx, "ECDHE+AES128+AESGCM:ALL:"
	    "!COMPLEMENTOFDEFAULT:!eNULL") == 1 ? 0 : -1;
}

void
transport_clear(struct transport *t, int fd)
{
	memset(t, 0, sizeof(*t));
	t->fd = fd;
}

/* Whom the certificate has to name: an address or a host. */
static int
expect(SSL *ssl, const char *host, bool verify)
{
	struct addr numeric;
	bool is_addr = addr_numeric(host, 0, &numeric) == 0;
	char name[TLSEXT_MAXLEN_host_name + 1];

	/* OpenSSL takes a copy, but not from a constant. */
	(void)snprintf(name, sizeof(name), "%s", host);
	if (!is_addr && SSL_set_tlsext_host_name(ssl, name) != 1)
		return -1;
	if (!verify) {
		SSL_set_verify(ssl, SSL_VERIFY_NONE, NULL);
		return 0;
	}
	SSL_set_verify(ssl, SSL_VERIFY_PEER, NULL);
	if (is_addr)
		return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl),
		    host) == 1 ? 0 : -1;
	SSL_set_hostflags(ssl, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
	return SSL_set1_host(ssl, host) == 1 ? 0 : -1;
}

int
transport_tls(struct transport *t, int fd, SSL_CTX *ctx, const char *host,
    bool verify)
{
	transport_clear(t, fd);
	t->ssl = SSL_new(ctx);
	if (t->ssl == NULL || SSL_set_fd(t->ssl, fd) != 1 ||
	    (host != NULL && expect(t->ssl, host, verify) == -1)) {
		SSL_free(t->ssl);
		t->ssl = NULL;
		t->fd = -1;
		errno = ENOMEM;
		return -1;
	}
	SSL_set_mode(t->ssl, SSL_MODE_ENABLE_PARTIAL_WRITE |
	    SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
	if (host != NULL)
		SSL_set_connect_state(t->ssl);
	else
		SSL_set_accept_state(t->ssl);
	t->in_handshake = true;
	return 0;
}

static void
keep_error(struct transport *t)
{
	long verdict = SSL_get_verify_result(t->ssl);
	unsigned long code = ERR_peek_error();

	if (t->in_handshake && verdict != X509_V_OK)
		(void)snprintf(t->error, sizeof(t->error), "%s",
		    X509_verify_cert_error_string(verdict));
	else if (code != 0 && ERR_reason_error_string(code) != NULL)
		(void)snprintf(t->error, sizeof(t->error), "%s",
		    ERR_reason_error_string(code));
	ERR_clear_error();
}

/* What a call of OpenSSL came to, as of read(2): -1 with errno, or 0. */
static ssize_t
verdict(struct transport *t, int rc, bool writing)
{
	int saved = errno;

	switch (SSL_get_error(t->ssl, rc)) {
	case SSL_ERROR_WANT_READ:
		if (writing)
			t->write_wants_read = true;
		errno = EAGAIN;
		return -1;
	case SSL_ERROR_WANT_WRITE:
		if (!writing)
			t->read_wants_write = true;
		errno = EAGAIN;
		return -1;
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	case SSL_ERROR_SYSCALL:
		ERR_clear_error();
		errno = saved;
		/* An end without close_notify is an end all the same. */
		return saved == 0 && !writing ? 0 : -1;
	default:
		keep_error(t);
		errno = EPROTO;
		return -1;
	}
}

/* OpenSSL looks at the queue of errors to tell what a call came to, and it
 * takes its time to clear what is clear. */
static void
forget_errors(void)
{
	if (ERR_peek_error() != 0)
		ERR_clear_error();
	errno = 0;
}

static void
count_tls(struct transport *t, int n)
{
	t->tls_moved += n;
	if (t->keeps_buffers || t->tls_moved < KEEP_BUFFERS)
		return;
	t->keeps_buffers = true;
	SSL_clear_mode(t->ssl, SSL_MODE_RELEASE_BUFFERS);
}

int
transport_handshake(struct transport *t)
{
	ssize_t said;
	int rc;

	if (!t->in_handshake)
		return 1;
	t->write_wants_read = t->read_wants_write = false;
	forget_errors();
	rc = SSL_do_handshake(t->ssl);
	if (rc == 1) {
		t->in_handshake = false;
		return 1;
	}
	said = verdict(t, rc, false);
	if (said == -1 && errno == EAGAIN)
		return 0;
	if (said == 0)
		errno = ECONNRESET;
	return -1;
}

unsigned int
transport_want(const struct transport *t, bool read, bool write)
{
	unsigned int want = 0;

	if (t->in_handshake)
		return t->read_wants_write ? LOOP_WRITE : LOOP_READ;
	if (read)
		want |= t->read_wants_write ? LOOP_WRITE : LOOP_READ;
	if (write)
		want |= t->write_wants_read ? LOOP_READ : LOOP_WRITE;
	return want;
}

ssize_t
transport_read(struct transport *t, void *buf, size_t len)
{
	ssize_t n;
	int rc;

	if (t->ssl == NULL) {
		do
			n = recv(t->fd, buf, len, 0);
		while (n == -1 && errno == EINTR);
		if (n > 0)
			t->net_received += n;
		return n;
	}
	t->read_wants_write = false;
	forget_errors();
	rc = SSL_read(t->ssl, buf, len > INT_MAX ? INT_MAX : (int)len);
	if (rc <= 0)
		return verdict(t, rc, false);
	count_tls(t, rc);
	return rc;
}

ssize_t
transport_drop(struct transport *t, uint64_t n, void *scratch, size_t len)
{
	ssize_t got;

	if (t->ssl != NULL)
		return transport_read(t, scratch, n < len ? (size_t)n : len);
	got = sock_discard(t->fd, n > INT_MAX ? INT_MAX : (size_t)n);
	if (got > 0)
		t->net_received += got;
	return got;
}

static ssize_t
write_tls(struct transport *t, const struct iovec *iov, int n)
{
	ssize_t done = 0, said;
	int i, rc;

	t->write_wants_read = false;
	for (i = 0; i < n; i++) {
		if (iov[i].iov_len == 0)
			continue;
		forget_errors();
		rc = SSL_write(t->ssl, iov[i].iov_base,
		    iov[i].iov_len > INT_MAX ? INT_MAX :
		    (int)iov[i].iov_len);
		if (rc <= 0) {
			said = verdict(t, rc, true);
			return done > 0 ? done : said;
		}
		count_tls(t, rc);
		done += rc;
		if ((size_t)rc < iov[i].iov_len)
			break;
	}
	return done;
}

ssize_t
transport_write(struct transport *t, const struct iovec *iov, int n)
{
	ssize_t done;

	if (t->ssl != NULL)
		return write_tls(t, iov, n);
	do
		done = writev(t->fd, iov, n);
	while (done == -1 && errno == EINTR);
	if (done > 0)
		t->net_sent += done;
	return done;
}

bool
transport_pending(const struct transport *t)
{
	return t->ssl != NULL && SSL_has_pending(t->ssl);
}

/* Of the socket, whatever runs over it. */
static void
totals(const struct transport *t, int64_t *received, int64_t *sent)
{
	*received = t->net_received;
	*sent = t->net_sent;
	if (t->ssl == NULL)
		return;
	*received = (int64_t)BIO_number_read(SSL_get_rbio(t->ssl));
	*sent = (int64_t)BIO_number_written(SSL_get_wbio(t->ssl));
}

void
transport_count_from_here(struct transport *t)
{
	totals(t, &t->net_received_base, &t->net_sent_base);
}

void
transport_counts(const struct transport *t, int64_t *received, int64_t *sent)
{
	totals(t, received, sent);
	*received -= t->net_received_base;
	*sent -= t->net_sent_base;
}

void
transport_shutdown(struct transport *t)
{
	if (t->ssl != NULL && !t->in_handshake) {
		ERR_clear_error();
		(void)SSL_shutdown(t->ssl);
		ERR_clear_error();
	}
	(void)shutdown(t->fd, SHUT_WR);
}

void
transport_close(struct transport *t)
{
	SSL_free(t->ssl);
	t->ssl = NULL;
	if (t->fd != -1)
		close(t->fd);
	t->fd = -1;
}
