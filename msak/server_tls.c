/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "msak/server_private.h"

/* The one protocol that we speak inside. */
static const unsigned char alpn[] = "\x08http/1.1";

static int
select_alpn(SSL *ssl, const unsigned char **out, unsigned char *outlen,
    const unsigned char *in, unsigned int inlen, void *arg)
{
	unsigned char *found;

	(void)ssl;
	(void)arg;
	if (SSL_select_next_proto(&found, outlen, alpn, sizeof(alpn) - 1, in,
	    inlen) != OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_NOACK;
	*out = found;
	return SSL_TLSEXT_ERR_OK;
}

/* A file that is not there is said as Go says it. */
static bool
is_readable(const char *path, char *why, size_t len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char error[128];

	if (fd == -1) {
		(void)snprintf(why, len, "open %s: %s", path,
		    server_error(errno, error, sizeof(error)));
		return false;
	}
	close(fd);
	return true;
}

static bool
set_versions(SSL_CTX *ctx, int min)
{
	static const int versions[] = {
		[OPTIONS_TLS_1_0] = TLS1_VERSION,
		[OPTIONS_TLS_1_1] = TLS1_1_VERSION,
		[OPTIONS_TLS_1_2] = TLS1_2_VERSION,
		[OPTIONS_TLS_1_3] = TLS1_3_VERSION
	};

	/* OpenSSL takes the old ones for no security at all. */
	if (min < OPTIONS_TLS_1_2)
		SSL_CTX_set_security_level(ctx, 0);
	return SSL_CTX_set_min_proto_version(ctx, versions[min]) == 1;
}

static bool
set_up(SSL_CTX *ctx, const struct server_options *o)
{
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION |
	    SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
	    SSL_OP_PRIORITIZE_CHACHA);
	SSL_CTX_set_alpn_select_cb(ctx, select_alpn, NULL);
	return transport_suites(ctx) == 0 && set_versions(ctx, o->tls_min) &&
	    SSL_CTX_use_certificate_chain_file(ctx, o->cert) == 1 &&
	    SSL_CTX_use_PrivateKey_file(ctx, o->key, SSL_FILETYPE_PEM) == 1 &&
	    SSL_CTX_check_private_key(ctx) == 1;
}

SSL_CTX *
server_tls_new(const struct server_options *o, char *why, size_t len)
{
	const char *reason;
	SSL_CTX *ctx;

	if (!is_readable(o->cert, why, len) || !is_readable(o->key, why, len))
		return NULL;
	ERR_clear_error();
	ctx = SSL_CTX_new(TLS_server_method());
	if (ctx != NULL && set_up(ctx, o))
		return ctx;
	reason = ERR_reason_error_string(ERR_peek_error());
	(void)snprintf(why, len, "tls: %s", reason != NULL ? reason :
	    "no usable certificate");
	ERR_clear_error();
	SSL_CTX_free(ctx);
	return NULL;
}
