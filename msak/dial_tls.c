/* SPDX-License-Identifier: BSD-2-Clause */
/* What a client asks of TLS. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include <openssl/x509_vfy.h>

#include "msak/dial.h"

SSL_CTX *
dial_tls_new(int min_version)
{
	static const int versions[] = {
		[OPTIONS_TLS_1_0] = TLS1_VERSION,
		[OPTIONS_TLS_1_1] = TLS1_1_VERSION,
		[OPTIONS_TLS_1_2] = TLS1_2_VERSION,
		[OPTIONS_TLS_1_3] = TLS1_3_VERSION
	};
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	if (ctx == NULL)
		return NULL;
	(void)transport_suites(ctx);
	SSL_CTX_set_min_proto_version(ctx, versions[min_version]);
	if (min_version < OPTIONS_TLS_1_2)
		SSL_CTX_set_security_level(ctx, 0);
	/* SSL_CERT_FILE and SSL_CERT_DIR are honoured there. Without any
	 * root every check fails, which is then said. */
	(void)SSL_CTX_set_default_verify_paths(ctx);
	return ctx;
}

void
dial_tls_describe(const struct transport *t, const char *host, char *buf,
    size_t len)
{
	switch (SSL_get_verify_result(t->ssl)) {
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		snprintf(buf, len,
		    "x509: certificate signed by unknown authority");
		break;
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		snprintf(buf, len, "x509: certificate is not valid for %s",
		    host);
		break;
	case X509_V_ERR_CERT_HAS_EXPIRED:
	case X509_V_ERR_CERT_NOT_YET_VALID:
		snprintf(buf, len,
		    "x509: certificate has expired or is not yet valid");
		break;
	default:
		if (t->error[0] == '\0')
			snprintf(buf, len, "EOF");
		else if (strcmp(t->error, "wrong version number") == 0)
			snprintf(buf, len, "tls: first record does not look "
			    "like a TLS handshake");
		else
			snprintf(buf, len, "tls: %s", t->error);
		break;
	}
}
