/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two recorded sessions of the original, a whole download of 20000 bytes and
 * the start of an upload: both directions put together from their segments and
 * read as handshake and frames.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "msak/http.h"
#include "tests/unit/unit.h"
#include "tests/unit/ws_log.h"

#define FILE_MAX	100000
#define FILE_HEADER	24
#define RECORD_HEADER	16
#define IP_AT		14		/* behind Ethernet */
#define SERVER_PORT	8080
#define SYN		0x02

struct side {
	bool	 known;			/* its SYN was seen */
	uint32_t next;			/* sequence number */
	uint8_t	 bytes[FILE_MAX];
	size_t	 len;
};

struct session {
	uint8_t		file[FILE_MAX];
	size_t		size;
	unsigned int	port;		/* of the client, 0: not seen */
	struct side	client, server;
};

static struct session session;

static uint32_t
le32(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[1] << 8 | p[0];
}

static unsigned int
be16(const uint8_t *p)
{
	return (unsigned int)p[0] << 8 | p[1];
}

static void
read_file(struct session *s, const char *name)
{
	char path[512];
	FILE *f;

	memset(s, 0, sizeof(*s));
	snprintf(path, sizeof(path), "%s/msak/pcap/%s", VECTORS, name);
	f = fopen(path, "rb");
	assert_non_null(f);
	s->size = fread(s->file, 1, sizeof(s->file), f);
	fclose(f);
	assert_true(s->size > FILE_HEADER && s->size < sizeof(s->file));
	assert_true(le32(s->file) == UINT32_C(0xa1b2c3d4));
}

/* The bytes of one segment. The stream ends at one that was not recorded. */
static void
add_segment(struct side *side, const uint8_t *tcp, const uint8_t *end)
{
	uint32_t seq = (uint32_t)be16(tcp + 4) << 16 | be16(tcp + 6);
	const uint8_t *data = tcp + (tcp[12] >> 4) * 4;

	if ((tcp[13] & SYN) != 0) {
		side->known = true;
		side->next = seq + 1;
	}
	if (seq != side->next && data < end)
		side->known = false;
	if (!side->known || data == end)
		return;
	assert_true(data < end);
	memcpy(side->bytes + side->len, data, (size_t)(end - data));
	side->len += (size_t)(end - data);
	side->next += (uint32_t)(end - data);
}

static void
read_session(struct session *s, const char *name)
{
	const uint8_t *ip, *tcp, *end;
	size_t at, have;

	read_file(s, name);
	for (at = FILE_HEADER; at < s->size; at += RECORD_HEADER + have) {
		have = le32(s->file + at + 8);
		assert_true(at + RECORD_HEADER + have <= s->size);
		ip = s->file + at + RECORD_HEADER + IP_AT;
		tcp = ip + (ip[0] & 0x0f) * 4;
		end = ip + be16(ip + 2);
		if (s->port == 0 && be16(tcp + 2) == SERVER_PORT &&
		    (tcp[13] & SYN) != 0)
			s->port = be16(tcp);
		if (be16(tcp) == s->port)
			add_segment(&s->client, tcp, end);
		else if (be16(tcp + 2) == s->port)
			add_segment(&s->server, tcp, end);
	}
}

/* The request is what we would have sent. */
static void
check_request(const struct side *side, const struct http_request *r,
    const char *agent)
{
	static struct url u;
	char text[URL_MAX], why[URL_WHY_MAX], nonce[WS_NONCE_STRLEN], *ours;
	const struct http_field *f;
	size_t size;
	FILE *out;

	snprintf(text, sizeof(text), "ws://10.77.1.1:8080%.*s?%.*s",
	    (int)r->path.len, r->path.p, (int)r->query.len, r->query.p);
	assert_int_equal(url_parse(text, &u, why), 0);
	f = http_find(&r->head, "Sec-WebSocket-Key");
	assert_non_null(f);
	snprintf(nonce, sizeof(nonce), "%.*s", (int)f->value.len, f->value.p);
	assert_non_null(out = open_memstream(&ours, &size));
	http_put_upgrade(out, &u, agent, nonce,
	    "net.measurementlab.throughput.v1");
	fclose(out);
	assert_int_equal(size, r->head.len);
	assert_memory_equal(ours, side->bytes, size);
	free(ours);
}

/* Both heads; returns the length of each. */
static void
check_handshake(const struct session *s, const char *agent, size_t *client,
    size_t *server)
{
	char accept[WS_ACCEPT_STRLEN];
	const struct http_field *f;
	struct http_request r;
	struct http_response a;

	assert_int_equal(http_request_get((const char *)s->client.bytes,
	    s->client.len, &r), HTTP_OK);
	check_request(&s->client, &r, agent);
	f = http_find(&r.head, "Sec-WebSocket-Key");
	assert_int_equal(ws_accept(f->value.p, f->value.len, accept), 0);
	assert_int_equal(http_response_get((const char *)s->server.bytes,
	    s->server.len, &a), HTTP_OK);
	assert_true(http_is_switch(&a, accept));
	*client = r.head.len;
	*server = a.head.len;
}

static char *
frames(const struct side *side, size_t head, bool server, bool drop,
    uint64_t *payload)
{
	struct ws_log l;

	ws_log_open(&l, server);
	ws_log_read(&l, side->bytes + head, side->len - head, drop);
	*payload = l.parser.payload;
	ws_log_close(&l);
	return l.text;
}

static const char *
take(const char *p, const char *want)
{
	if (strncmp(p, want, strlen(want)) != 0)
		fail_msg("%s, not %s", p, want);
	return p + strlen(want);
}

static void
check_download(char *text, uint64_t payload)
{
	const char *p = text, *start;
	size_t len;
	int i;

	for (i = 0; i < 16; i++)
		p = take(p, "frame 2 1 0 1024\nbinary\n");
	p = take(p, "frame 2 1 0 2048\nbinary\nframe 2 1 0 1568\nbinary\n");
	assert_int_equal(sscanf(p, "frame 1 1 0 %zu", &len), 1);
	start = strstr(p, "{\"CC\":\"bbr\",\"UUID\":");
	assert_non_null(start);
	p = take(start + len, "\nframe 8 1 0 14\nclose 1000 Done sending\n");
	assert_int_equal(p[-1], '\n');
	assert_int_equal(*p, '\0');
	assert_int_equal(start[len - 1], '}');
	assert_int_equal(payload, 20000 + len);
	free(text);
}

static void
test_download(void **state)
{
	struct session *s = &session;
	size_t client, server;
	uint64_t payload;
	char *text;
	int drop;

	(void)state;
	read_session(s, "throughput1-download-bytes20000.pcap");
	check_handshake(s, "msak-minimal-download-go/v0.0.1", &client,
	    &server);
	for (drop = 0; drop <= 1; drop++) {
		text = frames(&s->server, server, false, drop == 1, &payload);
		check_download(text, payload);
	}
	text = frames(&s->client, client, true, false, &payload);
	assert_string_equal(text, "frame 8 1 1 2\nclose 1000 \n");
	free(text);
}

/* The capture ends in the eighth message of 4096 bytes. */
static void
check_upload(const char *text)
{
	const char *p = text;
	int i;

	for (i = 0; i < 16; i++)
		p = take(p, "frame 2 1 1 1024\nbinary\n");
	for (i = 0; i < 8; i++)
		p = take(p, "frame 2 1 1 2048\nbinary\n");
	for (i = 0; i < 7; i++)
		p = take(p, "frame 2 1 1 4096\nbinary\n");
	p = take(p, "frame 2 1 1 4096\n");
	assert_string_equal(p, "");
}

static void
test_upload(void **state)
{
	struct session *s = &session;
	size_t client, server;
	uint64_t one, two;
	char *text, *other;

	(void)state;
	read_session(s, "throughput1-upload-start.pcap");
	check_handshake(s, "msak-client-go/v0.4.7-1-g772318a "
	    "msak-client/v0.4.7-1-g772318a", &client, &server);
	text = frames(&s->client, client, true, false, &one);
	other = frames(&s->client, client, true, true, &two);
	check_upload(text);
	assert_string_equal(text, other);
	assert_int_equal(one, two);
	assert_int_equal(one, 16 * 1024 + 8 * 2048 + 7 * 4096 + 224);
	free(text);
	free(other);
	text = frames(&s->server, server, false, false, &one);
	assert_string_equal(text, "");
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_download),
		cmocka_unit_test(test_upload),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
