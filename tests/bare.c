/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tests/bare.h"

static void
usage(void)
{
	fprintf(stderr,
	    "usage: bare tcp BLOCK SECONDS\n"
	    "       bare stream SECONDS [read]\n"
	    "       bare udp PAYLOAD SECONDS PACKETS-PER-SECOND [gso] [gro] "
	    "[pin]\n"
	    "       bare flood PORT PAYLOAD SECONDS NONCE [gso]\n"
	    "       bare packet DEVICE BYTES SECONDS\n"
	    "       bare pace ADDRESS PORT PAYLOAD GAP-MS SECONDS\n"
	    "       bare receive PORT\n");
}

static void
run_tcp(char *argv[])
{
	bare_tcp((size_t)bare_number(argv[0], 16, 1048576),
	    bare_number(argv[1], 0.01, 3600));
}

static bool
has_word(char *argv[], const char *word)
{
	for (; *argv != NULL; argv++)
		if (strcmp(*argv, word) == 0)
			return true;
	return false;
}

static void
run_stream(char *argv[])
{
	bare_stream(bare_number(argv[0], 0.01, 3600), has_word(argv + 1,
	    "read"));
}

static void
run_udp(char *argv[])
{
	struct bare_how how = {
		.gso = has_word(argv + 3, "gso"),
		.gro = has_word(argv + 3, "gro"),
		.pin = has_word(argv + 3, "pin"),
	};

	bare_udp((size_t)bare_number(argv[0], 24, 65507),
	    bare_number(argv[1], 0.01, 3600), bare_number(argv[2], 0, 1e9),
	    how);
}

static void
run_flood(char *argv[])
{
	bare_flood((uint16_t)bare_number(argv[0], 1, 65535),
	    (size_t)bare_number(argv[1], 24, 65507),
	    bare_number(argv[2], 0.01, 3600),
	    argv[3], argv[4] != NULL);
}

static void
run_packet(char *argv[])
{
	bare_packet(argv[0], (size_t)bare_number(argv[1], 14, BARE_FRAME),
	    bare_number(argv[2], 0.01, 3600));
}

static void
run_pace(char *argv[])
{
	bare_pace(argv[0], (uint16_t)bare_number(argv[1], 1, 65535),
	    (size_t)bare_number(argv[2], 1, 65507),
	    bare_number(argv[3], 0.01, 1000),
	    bare_number(argv[4], 0.01, 3600));
}

static void
run_receive(char *argv[])
{
	bare_receive((uint16_t)bare_number(argv[0], 1, 65535));
}

static const struct {
	const char	*name;
	int		 args;
	const char	*words[4];	/* any of them may follow */
	void		(*run)(char *argv[]);
} tests[] = {
	{ "tcp", 2, { NULL }, run_tcp },
	{ "stream", 1, { "read", NULL }, run_stream },
	{ "udp", 3, { "gso", "gro", "pin", NULL }, run_udp },
	{ "flood", 4, { "gso", NULL }, run_flood },
	{ "packet", 3, { NULL }, run_packet },
	{ "pace", 5, { NULL }, run_pace },
	{ "receive", 1, { NULL }, run_receive },
};

/* Whether this is a word that may follow the arguments of test i. */
static bool
is_word(size_t i, const char *word)
{
	const char *const *w;

	for (w = tests[i].words; *w != NULL; w++)
		if (strcmp(*w, word) == 0)
			return true;
	return false;
}

int
main(int argc, char *argv[])
{
	int args = argc - 2;
	size_t i;

	for (i = 0; args > 0 && i < sizeof(tests) / sizeof(tests[0]); i++) {
		if (strcmp(argv[1], tests[i].name) != 0)
			continue;
		while (args > tests[i].args && is_word(i, argv[1 + args]))
			args--;
		if (args != tests[i].args)
			break;
		tests[i].run(argv + 2);
		return 0;
	}
	usage();
	return 1;
}
