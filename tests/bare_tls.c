/* SPDX-License-Identifier: BSD-2-Clause */
/* The bare pair of SSL_write and SSL_read: see bare.h. */
#include "config.h"

#include <err.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "tests/bare.h"

#define READ_SIZE	262144

struct files {
	const char	*cert, *key, *suites;
};

static void
fail(const char *what)
{
	ERR_print_errors_fp(stderr);
	errx(1, "%s", what);
}

static SSL *
on_socket(SSL_CTX *ctx, int fd)
{
	SSL *ssl = NULL;

	if (ctx == NULL || (ssl = SSL_new(ctx)) == NULL ||
	    SSL_set_fd(ssl, fd) != 1)
		fail("TLS");
	SSL_CTX_free(ctx);
	return ssl;
}

static void
send_blocks(int fd, struct bare_side *side, int64_t duration_ns,
    const void *arg)
{
	const struct files *f = arg;
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	void *block = bare_block(BARE_STREAM_BLOCK);
	SSL *ssl;
	double cpu;
	int n;

	if (ctx == NULL || SSL_CTX_set_ciphersuites(ctx, f->suites) != 1)
		fail(f->suites);
	ssl = on_socket(ctx, fd);
	if (SSL_connect(ssl) != 1)
		fail("connect");
	cpu = bare_cpu();
	side->begin_ns = side->end_ns = clock_mono();
	while (side->end_ns - side->begin_ns < duration_ns) {
		if ((n = SSL_write(ssl, block, BARE_STREAM_BLOCK)) <= 0)
			fail("write");
		side->units += (uint64_t)n;
		side->end_ns = clock_mono();
	}
	side->cpu_s = bare_cpu() - cpu;
	(void)SSL_shutdown(ssl);
	SSL_free(ssl);
	free(block);
}

static void
read_all(int fd, struct bare_side *side, const void *arg)
{
	const struct files *f = arg;
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	void *buf = malloc(READ_SIZE);
	SSL *ssl;
	double cpu;
	int n;

	if (buf == NULL)
		err(1, "malloc");
	if (ctx == NULL || SSL_CTX_use_certificate_chain_file(ctx,
	    f->cert) != 1 || SSL_CTX_use_PrivateKey_file(ctx, f->key,
	    SSL_FILETYPE_PEM) != 1)
		fail("certificate");
	/* The sender never reads, and would reset what it left unread. */
	(void)SSL_CTX_set_num_tickets(ctx, 0);
	ssl = on_socket(ctx, fd);
	if (SSL_accept(ssl) != 1)
		fail("accept");
	cpu = bare_cpu();
	side->begin_ns = clock_mono();
	while ((n = SSL_read(ssl, buf, READ_SIZE)) > 0)
		side->units += (uint64_t)n;
	if (SSL_get_error(ssl, n) != SSL_ERROR_ZERO_RETURN)
		fail("read");
	side->end_ns = clock_mono();
	side->cpu_s = bare_cpu() - cpu;
	SSL_free(ssl);
	free(buf);
}

int
main(int argc, char *argv[])
{
	const struct bare_ends ends = { send_blocks, read_all };
	struct files f;

	if (argc != 5) {
		fprintf(stderr, "usage: bare_tls SECONDS CERT KEY SUITES\n");
		return 1;
	}
	f = (struct files){ argv[2], argv[3], argv[4] };
	bare_connection("tls", bare_number(argv[1], 0.01, 3600), &ends, &f);
	return 0;
}
