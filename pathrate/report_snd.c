/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "pathrate/report_private.h"
#include "pathrate/report_snd.h"
#include "pathrate/train.h"

/* What stands before a number and after it; no number when after is NULL. */
static const struct line {
	const char	*before, *after;
	bool		 verbose;
	int		 add;		/* to the number */
} lines[] = {
	[SND_STARTED] = { "Measurements are in progress. Please wait..\n",
	    NULL, false, 0 },
	[SND_SPACING] = { "Time period between packet pairs/trains: ",
	    " msec\n", true, 0 },
	[SND_MAX_SIZE] = { "--> Maximum packet size: ", " bytes \n",
	    true, TRAIN_HEADERS },
	[SND_SIZE] = { "--> Packet size: ", " bytes \n", true, TRAIN_HEADERS },
	[SND_LENGTH] = { "--> New train length: ", "\n", true, 0 },
	[SND_NUMBER] = { "--> New number of trains: ", "\n", true, 0 },
	[SND_ROUND] = { "--> New round number: ", "\n", true, 0 },
	[SND_TRAIN] = { "\tTrain-", ":", true, 0 },
	[SND_ACKED] = { "  => ACKed\n", NULL, true, 0 },
	[SND_RETRANSMIT] = { "  => Retransmit\n", NULL, true, 0 },
	[SND_CONTINUE] = { "--> Continue with next round of measurements \n",
	    NULL, true, 0 },
	[SND_REDUNDANT_ACK] = { "--> Redundant ACK \n", NULL, true, 0 },
	[SND_REDUNDANT_NEG_ACK] = { "--> Redundant NEG_ACK \n", NULL, true, 0 },
	[SND_CONGESTION] = {
	    "Too many losses..Aborting measurements to avoid congestion \n\n",
	    NULL, false, 0 },
	[SND_SILENT] = { "No control message from receiver.. aborting\n",
	    NULL, false, 0 },
};

void
report_snd_waiting(const struct report_snd *t)
{
	report_say(&t->r, LOG | NORMAL, "\n\nWaiting for receiver to "
	    "establish control stream => ");
}

void
report_snd_accepted(const struct report_snd *t, const char *name)
{
	char when[REPORT_TIME_MAX];

	report_time(t->wall_ns, when);
	report_say(&t->r, LOG | NORMAL, "OK\n");
	if (name == NULL)
		report_say(&t->r, LOG | NORMAL, "Unknown receiver starts "
		    "measurements on %s", when);
	else
		report_say(&t->r, LOG | NORMAL, "Receiver %s starts "
		    "measurements on %s", name, when);
}

static void
tell(const struct report *r, const struct line *l, int number)
{
	unsigned int where = LOG | NORMAL;

	/* the log has the verbose lines only when stdout has them */
	if (l->verbose)
		where = r->verbose ? LOG | VERBOSE : VERBOSE;
	if (l->after == NULL)
		report_say(r, where, "%s", l->before);
	else
		report_say(r, where, "%s%d%s", l->before, number + l->add,
		    l->after);
}

void
report_snd(void *arg, enum snd_kind kind, int number)
{
	const struct report_snd *t = arg;
	char when[REPORT_TIME_MAX];

	if (kind == SND_UNKNOWN) {
		/* never in the log; the original prints it with -q too */
		report_say(&t->r, NORMAL,
		    "Unknown control message.. aborting\n");
	} else if (kind == SND_UNEXPECTED) {
		report_say(&t->r, VERBOSE,
		    "DEBUG:: Enter here with code %x\n", (unsigned int)number);
	} else if (kind == SND_TERMINATED) {
		report_time(t->wall_ns, when);
		report_say(&t->r, LOG | NORMAL,
		    "Receiver terminates measurements on %s", when);
	} else {
		tell(&t->r, &lines[kind], number);
	}
}
