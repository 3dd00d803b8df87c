/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#include "common/clock.h"
#include "msak/archive.h"

#define DOWNLOAD	"throughput1-download-20261122T020614.640989428Z." \
	"vm_1795311532_unsafe_0000000000000080.json"
#define UPLOAD		"throughput1-upload-20261122T020616.284280949Z." \
	"vm_1795311532_unsafe_0000000000000081.json"
#define LATENCY		"latency1-application-20261122T020623.334166162Z." \
	"vm_1795311532_unsafe_0000000000000082.json"
#define SOME		64	/* more than any recorded array holds */

/* A record read back into what its writer was given. */
struct recorded {
	char				*text;
	json_t				*v;
	struct archive_throughput	 t;
	struct measurement		 ours[SOME];
	struct archive_pair		 options[SOME], metadata[SOME];
};

static const char *
member(const json_t *v, const char *key)
{
	const char *s = json_string_value(json_object_get(v, key));

	assert_non_null(s);
	return s;
}

/* 2026-11-22T02:06:14.626694921Z */
static int64_t
time_of(const json_t *v, const char *key)
{
	struct tm tm;
	int ns;

	memset(&tm, 0, sizeof(tm));
	assert_int_equal(sscanf(member(v, key), "%d-%d-%dT%d:%d:%d.%9dZ",
	    &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min,
	    &tm.tm_sec, &ns), 7);
	tm.tm_year -= 1900;
	tm.tm_mon--;
	return mktime(&tm) * CLOCK_NS_PER_S + ns;
}

static size_t
pairs_of(const json_t *v, const char *key, struct archive_pair *out)
{
	const json_t *list = json_object_get(v, key), *p;
	size_t i;

	assert_true(json_array_size(list) <= SOME);
	for (i = 0; i < json_array_size(list); i++) {
		p = json_array_get(list, i);
		out[i].name = member(p, "Name");
		out[i].name_len = strlen(out[i].name);
		out[i].value = member(p, "Value");
		out[i].value_len = strlen(out[i].value);
	}
	return i;
}

static size_t
measurements_of(const json_t *v, const char *key, struct measurement *out)
{
	const json_t *list = json_object_get(v, key);
	size_t i;
	char *text;

	for (i = 0; i < json_array_size(list); i++) {
		text = json_dumps(json_array_get(list, i), JSON_COMPACT);
		assert_non_null(text);
		assert_true(measurement_get(text, strlen(text), &out[i],
		    NULL));
		free(text);
	}
	return i;
}

static void
load(const char *name, struct recorded *r)
{
	char path[256];

	memset(r, 0, sizeof(*r));
	snprintf(path, sizeof(path), "msak/archive/%s", name);
	r->text = vectors_text(path);
	r->v = json_loads(r->text, 0, NULL);
	assert_non_null(r->v);
}

static void
load_throughput(const char *name, struct recorded *r)
{
	struct archive_throughput *t = &r->t;

	load(name, r);
	t->commit = member(r->v, "GitShortCommit");
	t->version = member(r->v, "Version");
	t->upload = strcmp(member(r->v, "Direction"), "upload") == 0;
	t->mid = member(r->v, "MeasurementID");
	t->uuid = member(r->v, "UUID");
	t->server = member(r->v, "Server");
	t->client = member(r->v, "Client");
	t->cc = member(r->v, "CCAlgorithm");
	t->start_wall_ns = time_of(r->v, "StartTime");
	t->end_wall_ns = time_of(r->v, "EndTime");
	t->ours = r->ours;
	t->nours = measurements_of(r->v, "ServerMeasurements", r->ours);
	t->options = r->options;
	t->noptions = pairs_of(r->v, "ClientOptions", r->options);
	t->metadata = r->metadata;
	t->nmetadata = pairs_of(r->v, "ClientMetadata", r->metadata);
}

static void
unload(struct recorded *r)
{
	json_decref(r->v);
	free(r->text);
}

static char *
text_of(const struct archive_throughput *t)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	archive_throughput(t, out);
	fclose(out);
	return text;
}

static void
test_throughput(void **state)
{
	static const char *const names[] = { DOWNLOAD, UPLOAD };
	struct recorded r;
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(names); i++) {
		load_throughput(names[i], &r);
		text = text_of(&r.t);
		assert_string_equal(text, r.text);
		free(text);
		unload(&r);
	}
}

static void
test_nothing_came(void **state)
{
	struct archive_pair any = { "a\0<", "\xff\xe2\x80\xa8", 3, 4 };
	struct archive_throughput t = { .commit = "c", .version = "v",
		.mid = "", .uuid = "u", .server = "s", .client = "[::1]:7",
		.cc = "", .metadata = &any, .nmetadata = 1 };
	char *text = text_of(&t);

	(void)state;
	assert_string_equal(text, "{\"GitShortCommit\":\"c\",\"Version\":\"v\","
	    "\"Direction\":\"download\",\"MeasurementID\":\"\",\"UUID\":\"u\","
	    "\"Server\":\"s\",\"Client\":\"[::1]:7\",\"CCAlgorithm\":\"\","
	    "\"StartTime\":\"1970-01-01T00:00:00Z\","
	    "\"EndTime\":\"1970-01-01T00:00:00Z\","
	    "\"ServerMeasurements\":null,\"ClientMeasurements\":null,"
	    "\"ClientOptions\":[],\"ClientMetadata\":"
	    "[{\"Name\":\"a\\u0000\\u003c\","
	    "\"Value\":\"\\ufffd\\u2028\"}]}");
	free(text);
}

static void
slots_of(const json_t *v, struct latency_session *s)
{
	const json_t *list = json_object_get(v, "RoundTrips"), *trip;
	size_t i;

	s->nslots = json_array_size(list);
	s->slots = calloc(s->nslots, sizeof(*s->slots));
	assert_non_null(s->slots);
	for (i = 0; i < s->nslots; i++) {
		trip = json_array_get(list, i);
		s->slots[i].received = json_object_get(trip, "Lost") == NULL;
		s->slots[i].sent_ns = 1000;
		s->slots[i].received_ns = 1999 + CLOCK_NS_PER_US *
		    json_integer_value(json_object_get(trip, "RTT"));
		s->received += s->slots[i].received;
	}
}

static void
test_latency(void **state)
{
	struct latency_session s;
	struct archive_latency a;
	struct recorded r;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	load(LATENCY, &r);
	memset(&s, 0, sizeof(s));
	a = (struct archive_latency){ .session = &s,
		.commit = member(r.v, "GitShortCommit"),
		.version = member(r.v, "Version"),
		.server = member(r.v, "Server"),
		.end_wall_ns = time_of(r.v, "EndTime") };
	snprintf(s.uuid, sizeof(s.uuid), "%s", member(r.v, "ID"));
	s.created_wall_ns = time_of(r.v, "StartTime");
	s.started = true;
	assert_int_equal(addr_numeric("::ffff:10.77.1.2", 51946, &s.client),
	    0);
	slots_of(r.v, &s);
	archive_latency(&a, out);
	fclose(out);
	assert_string_equal(text, r.text);
	free(text);
	free(s.slots);
	unload(&r);
}

static void
test_latency_without_kickoff(void **state)
{
	struct latency_session s;
	struct archive_latency a = { "c", "v", &s, "[::]:1053", 0 };
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	memset(&s, 0, sizeof(s));
	archive_latency(&a, out);
	fclose(out);
	assert_non_null(strstr(text, "\"ID\":\"\",\"UUID\":\"\","
	    "\"Client\":\"\",\"Server\":\"\",\"StartTime\":"));
	assert_non_null(strstr(text, ",\"RoundTrips\":[],\"PacketsSent\":0,"
	    "\"PacketsReceived\":0}"));
	free(text);
}

static struct archive_place
place_of(const char *root)
{
	struct archive_place p = { root, "throughput1", "download",
		"vm_1795311532_unsafe_0000000000000080", 0 };

	p.wall_ns = INT64_C(1795313174) * CLOCK_NS_PER_S + 640989428;
	return p;
}

/* The recorded name, in whatever time zone the server is (Q14). */
static void
test_path(void **state)
{
	struct archive_place p = place_of("./data");
	char path[ARCHIVE_PATH_MAX];

	(void)state;
	setenv("TZ", "XXX-14", 1);
	tzset();
	assert_int_equal(archive_path(&p, path, sizeof(path)), 0);
	assert_string_equal(path, "./data/throughput1/2026/11/22/" DOWNLOAD);
	setenv("TZ", "UTC", 1);
	tzset();
	assert_int_equal(archive_path(&p, path, strlen(path)), -1);
	assert_int_equal(errno, ENAMETOOLONG);
	p.uuid = "../../x";
	assert_int_equal(archive_path(&p, path, sizeof(path)), -1);
	assert_int_equal(errno, EINVAL);
}

/* Every file below, counted; its last name. */
static int
count_files(const char *root, char *last, size_t len)
{
	char command[256];
	FILE *f;
	int n = 0;

	snprintf(command, sizeof(command), "find %s -type f", root);
	f = popen(command, "r");
	assert_non_null(f);
	while (fgets(last, (int)len, f) != NULL)
		n++;
	pclose(f);
	last[strcspn(last, "\n")] = '\0';
	return n;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *f)
{
	(void)st;
	(void)type;
	(void)f;
	return remove(path);
}

static void
remove_tree(const char *root)
{
	assert_int_equal(nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

static void
test_save(void **state)
{
	char root[] = "/tmp/msak-archive.XXXXXX", sub[64], path[512];
	char found[512] = "", text[8192];
	struct archive_place p;
	struct recorded r;
	struct stat st;
	FILE *f;
	size_t n;

	(void)state;
	umask(022);
	assert_non_null(mkdtemp(root));
	snprintf(sub, sizeof(sub), "%s/a/b", root);
	p = place_of(sub);
	load_throughput(DOWNLOAD, &r);
	assert_int_equal(archive_save_throughput(&p, &r.t), 0);
	assert_int_equal(count_files(root, found, sizeof(found)), 1);
	snprintf(path, sizeof(path), "%s/throughput1/2026/11/22/%s", sub,
	    DOWNLOAD);
	assert_string_equal(found, path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(st.st_nlink, 1);
	f = fopen(path, "r");
	assert_non_null(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	assert_string_equal(text, r.text);
	*strrchr(path, '/') = '\0';
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	/* What is there stays, whatever comes. */
	r.t.mid = "another";
	assert_int_equal(archive_save_throughput(&p, &r.t), -1);
	assert_int_equal(errno, EEXIST);
	assert_int_equal(count_files(root, found, sizeof(found)), 1);
	assert_int_equal(stat(found, &st), 0);
	assert_int_equal(st.st_size, n);
	unload(&r);
	remove_tree(root);
}

/* A disk with room for a thousand bytes: an error, and nothing left. */
static void
test_full_disk(void **state)
{
	char root[] = "/tmp/msak-archive.XXXXXX", found[512] = "";
	struct rlimit before, little;
	struct archive_place p;
	struct recorded r;

	(void)state;
	assert_non_null(mkdtemp(root));
	p = place_of(root);
	load_throughput(DOWNLOAD, &r);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	little = before;
	little.rlim_cur = 1000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
	errno = 0;
	assert_int_equal(archive_save_throughput(&p, &r.t), -1);
	assert_int_equal(errno, EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(count_files(root, found, sizeof(found)), 0);
	assert_int_equal(archive_save_throughput(&p, &r.t), 0);
	unload(&r);
	remove_tree(root);
}

static void
test_unwritable(void **state)
{
	char path[] = "/tmp/msak-archive.XXXXXX";
	struct latency_session s;
	struct archive_latency a = { "c", "v", &s, "", 0 };
	struct archive_place p = place_of(path);
	int fd = mkstemp(path);

	(void)state;
	memset(&s, 0, sizeof(s));
	assert_int_not_equal(fd, -1);
	close(fd);
	/* The root is a file. */
	assert_int_equal(archive_save_latency(&p, &a), -1);
	assert_int_equal(errno, ENOTDIR);
	unlink(path);
	p.root = "/proc/nonexistent";
	assert_int_equal(archive_save_latency(&p, &a), -1);
	assert_int_equal(errno, ENOENT);
}

static int
in_utc(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_throughput),
		cmocka_unit_test(test_nothing_came),
		cmocka_unit_test(test_latency),
		cmocka_unit_test(test_latency_without_kickoff),
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_save),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_unwritable),
	};

	return cmocka_run_group_tests(tests, in_utc, NULL);
}
