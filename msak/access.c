/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "msak/access.h"

#define UNAUTHORIZED	401

static const char *const paths[ACCESS_PATHS] = {
	[ACCESS_AUTHORIZE] = "/latency/v1/authorize",
	[ACCESS_RESULT] = "/latency/v1/result",
	[ACCESS_DOWNLOAD] = "/throughput/v1/download",
	[ACCESS_UPLOAD] = "/throughput/v1/upload",
	[ACCESS_OTHER] = "unknown"
};

int
access_init(struct access *a, const struct jwk_set *keys,
    const char *key_error, const char *machine, bool required, char *message,
    size_t len)
{
	*a = (struct access){ .keys = keys, .machine = machine,
		.required = required,
		.enabled = key_error == NULL && machine[0] != '\0' };
	message[0] = '\0';
	if (a->enabled && required && keys->n == 0)
		snprintf(message, len, "WARNING: there is no key for access "
		    "tokens, so every test is refused");
	if (a->enabled)
		return 0;
	if (key_error != NULL && required)
		snprintf(message, len, "Failed to load verifier (error: %s)",
		    key_error);
	else if (required)
		snprintf(message, len, "Failed to load verifier (error: "
		    "-token.verify needs a -token.machine)");
	else
		snprintf(message, len, "WARNING: token controller is disabled:"
		    " %s", key_error != NULL ? "verifier is invalid" :
		    "square/go-jose/jwt: validation failed, "
		    "invalid audience claim (aud)");
	return required ? -1 : 0;
}

enum access_path
access_path(const char *path)
{
	int p;

	for (p = 0; p < ACCESS_OTHER; p++)
		if (strcmp(path, paths[p]) == 0)
			break;
	return (enum access_path)p;
}

const char *
access_path_name(enum access_path p)
{
	return paths[p];
}

static enum access_reason
check_token(const struct access *a, const char *token, size_t len,
    int64_t now_wall_ns, struct token_claims *claims)
{
	enum token_verdict v;

	if (len == 0)
		return a->required ? ACCESS_MISSING : ACCESS_EMPTY;
	v = token_verify(a->keys, token, len, a->machine, now_wall_ns, claims);
	return v == TOKEN_GOOD ? ACCESS_VERIFIED :
	    (enum access_reason)(ACCESS_BAD + (int)v);
}

void
access_check(const struct access *a, enum access_path path, const char *token,
    size_t len, int64_t now_wall_ns, struct access_answer *out)
{
	*out = (struct access_answer){ .path = path,
		.reason = ACCESS_UNENFORCED, .counted = a->enabled };
	if (!a->enabled || path == ACCESS_OTHER)
		return;
	out->reason = check_token(a, token, len, now_wall_ns, &out->claims);
	out->verified = out->reason == ACCESS_VERIFIED;
	if (!access_accepted(out->reason))
		out->status = UNAUTHORIZED;
}

bool
access_accepted(enum access_reason r)
{
	return r < ACCESS_MISSING;
}

const char *
access_reason(enum access_reason r)
{
	if (r == ACCESS_EMPTY)
		return "empty";
	if (r == ACCESS_UNENFORCED)
		return "unenforced-path";
	if (r == ACCESS_VERIFIED)
		return TOKEN_ISSUER;
	if (r == ACCESS_MISSING)
		return "missing";
	return token_reason((enum token_verdict)((int)r - ACCESS_BAD));
}
