/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "common/wire.h"
#include "udpst/policy.h"
#include "udpst/policy_auth.h"

#define AUTH_MODE_CONTROL	1	/* HMAC on control PDUs */

/* Where a setup PDU has its protocolVer, in all layouts. */
#define VERSION_OFFSET		2

static bool
have_keys(const struct options *o)
{
	return o->have_key || (o->keys != NULL && o->keys->n > 0);
}

/*
 * The key that made the digest: the key file's of this id, else the one of the
 * command line; NULL when it was neither.
 */
static const char *
proven_key(const struct options *o, const struct wire_setup *p,
    const uint8_t *buf, size_t len)
{
	unsigned int version = p->version;
	const char *key = NULL;

	/* One that is unknown to us signs as the newest that we know. */
	if (version > WIRE_V_CURRENT)
		version = WIRE_V_CURRENT;
	if (o->keys != NULL)
		key = auth_keys_find(o->keys, p->auth.key_id);
	if (key != NULL && policy_auth_proves(key, p->auth.unix_time, version,
	    buf, len))
		return key;
	if (o->have_key && policy_auth_proves(o->key, p->auth.unix_time,
	    version, buf, len))
		return o->key;
	return NULL;
}

/* Authentication that was offered and can be checked. */
static enum wire_setup_code
judge_digest(const struct options *o, const uint8_t *buf, size_t len,
    int64_t now_wall_ns, struct policy_setup *s)
{
	const struct wire_auth *a = &s->request.auth;

	if (a->mode != AUTH_MODE_CONTROL || !have_keys(o))
		return WIRE_SETUP_ACCEPTED;
	if ((s->key = proven_key(o, &s->request, buf, len)) == NULL)
		return WIRE_SETUP_AUTH_FAILED;
	s->authenticated = true;
	return auth_in_window(now_wall_ns, a->unix_time, o->auth_window_s) ?
	    WIRE_SETUP_ACCEPTED : WIRE_SETUP_AUTH_TIME;
}

/* Authentication that is missing, or that nobody can check. */
static enum wire_setup_code
judge_mode(const struct options *o, const struct wire_auth *a)
{
	if (a->mode != 0 && !have_keys(o))
		return WIRE_SETUP_NO_KEY_HERE;
	if (a->mode == 0 && have_keys(o))
		return WIRE_SETUP_KEY_NEEDED;
	if (a->mode > AUTH_MODE_CONTROL)
		return WIRE_SETUP_AUTH_MODE;
	return WIRE_SETUP_ACCEPTED;
}

/* The short layout is protocol 10's, the long one that of all others. */
static bool
version_taken(const struct options *o, unsigned int version, size_t len)
{
	if (o->protocol != 0 && version != o->protocol)
		return false;
	if (len == WIRE_SETUP_OLD_LEN)
		return version == WIRE_V_OLD;
	return version >= WIRE_V_LEGACY && version <= WIRE_V_CURRENT;
}

/*
 * The version that a refusal names: the newest that can be had in the layout
 * that the client speaks, so that it can try again, or at least say so.
 */
static unsigned int
version_offered(const struct options *o, size_t len)
{
	if (o->protocol != 0)
		return o->protocol;
	return len == WIRE_SETUP_OLD_LEN ? WIRE_V_OLD : WIRE_V_CURRENT;
}

static enum wire_setup_code
judge_terms(const struct options *o, const unsigned int used[2],
    const struct policy_setup *s)
{
	const struct wire_setup *p = &s->request;
	unsigned int taken = used[s->upstream ? 0 : 1];

	if (p->mc_count == 0 || p->mc_count > OPTIONS_CONNS_MAX ||
	    p->mc_index >= p->mc_count)
		return WIRE_SETUP_MULTI;
	if (((p->modifier & WIRE_MOD_JUMBO) != 0) != o->jumbo)
		return WIRE_SETUP_JUMBO;
	if (((p->modifier & WIRE_MOD_TRADITIONAL) != 0) != o->traditional)
		return WIRE_SETUP_MTU;
	if (o->bandwidth == 0)
		return WIRE_SETUP_ACCEPTED;
	if (s->bandwidth == 0)
		return WIRE_SETUP_NO_BANDWIDTH;
	if (taken > o->bandwidth || s->bandwidth > o->bandwidth - taken)
		return WIRE_SETUP_CAPACITY;
	return WIRE_SETUP_ACCEPTED;
}

/* The order is that of release 9.0. */
static enum wire_setup_code
judge(const struct options *o, const uint8_t *buf, size_t len,
    int64_t now_wall_ns, const unsigned int used[2], struct policy_setup *s)
{
	enum wire_setup_code code;

	s->version = s->request.version;
	if (!version_taken(o, s->version, len))
		s->version = version_offered(o, len);
	code = judge_digest(o, buf, len, now_wall_ns, s);
	if (code != WIRE_SETUP_ACCEPTED)
		return code;
	if (!version_taken(o, s->request.version, len))
		return WIRE_SETUP_VERSION;
	code = judge_terms(o, used, s);
	if (code != WIRE_SETUP_ACCEPTED)
		return code;
	return judge_mode(o, &s->request.auth);
}

void
policy_setup(const struct options *o, const uint8_t *buf, size_t len,
    int64_t now_wall_ns, const unsigned int used[2], struct policy_setup *out)
{
	struct wire_setup *p = &out->request;

	memset(out, 0, sizeof(*out));
	out->answer = POLICY_SILENCE;
	if (!wire_setup_get(buf, len, p) || p->request != WIRE_SETUP_REQUEST ||
	    p->response != WIRE_SETUP_NONE)
		return;
	out->len = len;
	out->upstream = (p->bandwidth & WIRE_UPSTREAM) != 0;
	out->bandwidth = p->bandwidth & ~(unsigned int)WIRE_UPSTREAM;
	out->code = judge(o, buf, len, now_wall_ns, used, out);
	out->answer = out->code == WIRE_SETUP_ACCEPTED ? POLICY_ACCEPT :
	    POLICY_REJECT;
	out->ours = out->answer == POLICY_ACCEPT &&
	    out->version == WIRE_V_CURRENT &&
	    (p->modifier & WIRE_MOD_OFFER) != 0;
}

/* Answers are signed for those who speak protocol 20, refused or not. */
static const char *
signing_key(const struct policy_setup *s)
{
	return s->request.version >= WIRE_V_CURRENT ? s->key : NULL;
}

size_t
policy_setup_response(const struct options *o, const struct policy_setup *s,
    enum wire_setup_code code, uint16_t port, int64_t now_wall_ns,
    uint8_t *buf)
{
	struct wire_setup p = s->request;
	struct wire_wr w;
	size_t len;

	p.request = WIRE_SETUP_RESPONSE;
	p.response = (uint8_t)code;
	if (code == WIRE_SETUP_ACCEPTED) {
		p.port = port;
		if (s->ours)
			p.modifier |= WIRE_MOD_AGREED;
	}
	policy_auth_answer(&p.auth, s->request.version, now_wall_ns);
	/* The layout is the request's, whatever version a refusal names. */
	p.version = s->len == WIRE_SETUP_OLD_LEN ? WIRE_V_OLD :
	    WIRE_V_CURRENT;
	len = wire_setup_put(&p, buf);
	wire_wr_init(&w, buf + VERSION_OFFSET, sizeof(uint16_t));
	wire_wr_be16(&w, (uint16_t)(code == WIRE_SETUP_VERSION ? s->version :
	    s->request.version));
	policy_auth_seal(o, signing_key(s), s->request.auth.unix_time, buf,
	    len);
	return len;
}

size_t
policy_null(const struct options *o, const struct policy_setup *s,
    int64_t now_wall_ns, uint8_t *buf)
{
	struct wire_null p = {
		.version = s->request.version,
		.request = 1,
		.auth = s->request.auth
	};
	size_t len;

	if (s->answer != POLICY_ACCEPT || s->version != WIRE_V_CURRENT)
		return 0;
	policy_auth_answer(&p.auth, s->version, now_wall_ns);
	len = wire_null_put(&p, buf);
	policy_auth_seal(o, s->key, s->request.auth.unix_time, buf, len);
	return len;
}

/* Those that name no value of the request. */
static const char *const fixed_text[] = {
	[WIRE_SETUP_JUMBO] =
	    "Invalid jumbo datagram option in setup request from",
	[WIRE_SETUP_NO_KEY_HERE] =
	    "Unexpected authentication in setup request from",
	[WIRE_SETUP_KEY_NEEDED] =
	    "Authentication missing in setup request from",
	[WIRE_SETUP_AUTH_FAILED] =
	    "Authentication failure of setup request from",
	[WIRE_SETUP_AUTH_TIME] =
	    "Authentication time invalid in setup request from",
	[WIRE_SETUP_NO_BANDWIDTH] =
	    "Required bandwidth not specified in setup request from",
	[WIRE_SETUP_MTU] =
	    "Invalid traditional MTU option in setup request from",
	[WIRE_SETUP_NO_CONNECTION] = "Max connections exceeded"
};

void
policy_rejection_text(const struct policy_setup *s, enum wire_setup_code code,
    char *buf, size_t len)
{
	const struct wire_setup *p = &s->request;

	switch ((int)code) {
	case WIRE_SETUP_VERSION:
		snprintf(buf, len, "ERROR: Invalid version (%u) in setup "
		    "request from", (unsigned int)p->version);
		break;
	case WIRE_SETUP_AUTH_MODE:
		snprintf(buf, len, "ERROR: Invalid authentication mode (%u) "
		    "in setup request from", (unsigned int)p->auth.mode);
		break;
	case WIRE_SETUP_CAPACITY:
		snprintf(buf, len, "ERROR: Capacity exceeded (%u.%u) by "
		    "required bandwidth (%u) in setup request from",
		    (unsigned int)p->mc_index, (unsigned int)p->mc_ident,
		    s->bandwidth);
		break;
	case WIRE_SETUP_MULTI:
		snprintf(buf, len, "ERROR: Invalid multi-connection parameters "
		    "(%u,%u) in setup request from",
		    (unsigned int)p->mc_index, (unsigned int)p->mc_count);
		break;
	default:
		snprintf(buf, len, "ERROR: %s", fixed_text[code]);
		break;
	}
}

void
policy_session_from(const struct policy_setup *s, struct policy_session *out)
{
	memset(out, 0, sizeof(*out));
	out->version = s->version;
	out->authenticated = s->authenticated;
	out->key = s->key;
	out->setup_time = s->request.auth.unix_time;
	out->ours = s->ours;
}
