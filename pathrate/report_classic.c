/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "pathrate/report_private.h"

/* Events without figures. */
static const struct {
	const char	*text;
	unsigned int	 where;
} fixed[] = {
	[CLASSIC_DISCOVERY] = {
		"\n-- Maximum train length discovery -- \n", LOG },
	[CLASSIC_PRELIMINARY] = {
		"\n--Preliminary measurements with increasing packet train "
		"lengths--\n", LOG | VERBOSE },
	[CLASSIC_PRELIM_END] = { "\n", LOG | VERBOSE },
	[CLASSIC_PHASE_1] = {
		"\n\n-- Phase I: Detect possible capacity modes -- \n\n",
		LOG | NORMAL },
	[CLASSIC_SIZE_END] = { "\n", VERBOSE },
	[CLASSIC_MODES_1] = {
		"\n\n-- Local modes : In Phase I --\n", LOG | NORMAL },
	[CLASSIC_MODES_1_END] = { "\n", LOG | NORMAL },
	[CLASSIC_ABORTED] = {
		"\n\tAborting Phase I measurements..\n"
		"\tToo many ignored measurements\n"
		"\tPhase II will report lower bound on path capacity.\n",
		LOG | NORMAL },
	[CLASSIC_MODES_2] = {
		"\n-- Local modes : In Phase II --\n", LOG | NORMAL },
	[CLASSIC_MODES_2_END] = { "\n", LOG | VERBOSE },
	[CLASSIC_AMBIGUOUS] = {
		"\n    WARNING: Phase II did not lead to unimodal "
		"distribution.\n"
		"        The ADR estimate may be wrong. Run again later. \n\n",
		LOG | VERBOSE },
	[CLASSIC_CANDIDATES] = {
		"\n--> Possible capacity values:\n", LOG | VERBOSE },
	[CLASSIC_LOWER_BOUND] = {
		"--> Phase I was aborted.\n"
		"--> The following estimate is a lower bound for the path "
		"capacity.\n ", LOG | VERBOSE },
};

/* A size and what is learnt of train lengths. */
static void
length(const struct report *r, const struct classic_event *e,
    const char *rate)
{
	switch ((int)e->kind) {
	case CLASSIC_SETUP:
		report_say(r, LOG | VERBOSE, "--> Minimum acceptable packet "
		    "pair dispersion: %.0f usec\n", e->rate);
		break;
	case CLASSIC_LENGTH:
		report_say(r, LOG | VERBOSE, "\tTrain length: %zu ->\t%s%s\n",
		    e->len, rate, e->ignored ? "(ignored) " : "");
		break;
	case CLASSIC_MAX_LENGTH:
		report_say(r, LOG | VERBOSE,
		    "\t--> Maximum train length: %zu packets \n\n", e->len);
		break;
	case CLASSIC_REDUCED:
		report_say(r, LOG | VERBOSE, "Reducing train size to %zu\n",
		    e->len);
		break;
	case CLASSIC_PRELIM_LENGTH:
		report_say(r, LOG | VERBOSE, "  Train length: %zu -> ",
		    e->len);
		break;
	case CLASSIC_SIZE:
		report_say(r, LOG | NORMAL, "\t-> Train length: %2zu - Packet "
		    "size: %4zuB -> %2d%% completed\n", e->len, e->bytes,
		    e->number);
		break;
	case CLASSIC_ADJUST:
		report_say(r, LOG | VERBOSE, "\n\tToo many ignored "
		    "measurements..\n\tAdjust train length: %zu packets\n"
		    "\tAdjust packet size: %zu bytes\n\n", e->len, e->bytes);
		break;
	default:
		break;
	}
}

/* The coalescence method. */
static void
bursts(const struct report *r, const struct classic_event *e,
    const char *rate)
{
	switch ((int)e->kind) {
	case CLASSIC_COALESCED:
		report_say(r, LOG | VERBOSE, "Detected Interrupt "
		    "Coalescence... \nTest with Interrupt Coalesence\n"
		    "  %d Trains of length: %zu \n", e->number, e->len);
		break;
	case CLASSIC_BURSTS:
		report_say(r, LOG | VERBOSE, "  Train id: %d -> \n\t",
		    e->number);
		break;
	case CLASSIC_BURST_RATE:
		report_say(r, LOG | VERBOSE, "%s\n\t", rate);
		break;
	case CLASSIC_JUMPS:
		report_say(r, LOG | VERBOSE, "Number of jump detected = %d\n",
		    e->number);
		break;
	default:
		break;
	}
}

/* A measurement or what follows from several. */
static void
measurement(const struct report *r, const struct classic_event *e,
    const char *rate)
{
	const char *ignored = e->ignored ? " (ignored)" : "";

	switch ((int)e->kind) {
	case CLASSIC_PRELIM_RATE:
		report_say(r, LOG | VERBOSE, "%s", rate);
		break;
	case CLASSIC_RESOLUTION:
		report_say(r, LOG | NORMAL, "\n\t--> Capacity Resolution: %s\n",
		    rate);
		break;
	case CLASSIC_QUICK:
		report_say(r, LOG | NORMAL, "%s\n\n--> Coefficient of "
		    "variation: %.3f \n", e->number ?
		    " - Requested Quick Termination" : "`Quick Termination' "
		    "- Sufficiently low measurement noise", e->rate);
		break;
	case CLASSIC_PAIR:
		report_say(r, LOG | VERBOSE, "\tMeasurement-%d:%s (%.0f usec)"
		    "%s\n", e->number, rate, e->gap_us, ignored);
		break;
	case CLASSIC_PHASE_2:
		report_say(r, LOG | NORMAL, "\n\n-- Phase II: Estimate "
		    "Asymptotic Dispersion Rate (ADR) -- \n\n"
		    "\t-- Number of trains: %d - Train length: %zu - Packet "
		    "size: %zuB\n", e->number, e->len, e->bytes);
		break;
	case CLASSIC_TRAIN:
		report_say(r, LOG | VERBOSE, "\tMeasurement-%4d out of %3d:%s "
		    "(%.0f usec)%s\n", e->number, CLASSIC_TRAINS, rate,
		    e->gap_us, ignored);
		break;
	case CLASSIC_ADR:
		report_say(r, LOG | VERBOSE, "--> Asymptotic Dispersion Rate "
		    "(ADR) estimate:%s\n", rate);
		break;
	default:
		break;
	}
}

static void
local_mode(const struct report *r, const struct classic_event *e)
{
	char lo[REPORT_RATE_MAX], hi[REPORT_RATE_MAX];
	const struct mode *m = e->mode;

	report_say(r, LOG | NORMAL,
	    "\t* Mode:%sto%s - %zu measurements\n",
	    report_rate(m->lo, lo, sizeof(lo)),
	    report_rate(m->hi, hi, sizeof(hi)), m->count);
	report_say(r, LOG | NORMAL,
	    "\t  Modal bell: %zu measurements - low :%s- high :%s\n",
	    m->bell_count, report_rate(m->bell_lo, lo, sizeof(lo)),
	    report_rate(m->bell_hi, hi, sizeof(hi)));
	if (e->kind == CLASSIC_SPIKE)
		report_say(r, LOG | NORMAL,
		    "\nWarning!!! bell_kurtosis == -99999\n");
}

static void
merit(const struct report *r, const struct classic_event *e)
{
	char lo[REPORT_RATE_MAX], hi[REPORT_RATE_MAX];

	report_say(r, LOG | VERBOSE, "\t%sto%s - Figure of merit: %.2f\n",
	    report_rate(e->mode->lo, lo, sizeof(lo)),
	    report_rate(e->mode->hi, hi, sizeof(hi)), e->merit);
}

static void
adr_mode(const struct report *r, const struct classic_event *e)
{
	char lo[REPORT_RATE_MAX], hi[REPORT_RATE_MAX];

	report_say(r, LOG | VERBOSE, "\t%sto%s - ADR mode\n",
	    report_rate(e->rate, lo, sizeof(lo)),
	    report_rate(e->hi, hi, sizeof(hi)));
}

/* Runs that end without an estimate. */
static void
nothing(const struct report *r, const struct classic_event *e)
{
	static const char text[] =
	    "Insufficient number of packet dispersion estimates.\n";

	if (e->kind == CLASSIC_TOO_FEW)
		report_say(r, ALWAYS, "Insufficient number %d of packet "
		    "dispersion estimates.\n", e->number);
	else
		report_say(r, ALWAYS, "%s", text);
	report_say(r, LOG, "%s", text);
	if (e->kind != CLASSIC_NOTHING)
		report_say(r, LOG | ALWAYS, "Probably a 1000Mbps path.\n");
}

static void
conclusion(const struct report *r, const struct classic_event *e)
{
	switch ((int)e->kind) {
	case CLASSIC_MODE:
	case CLASSIC_SPIKE:
		local_mode(r, e);
		break;
	case CLASSIC_MERIT:
	case CLASSIC_CANDIDATE:
		merit(r, e);
		break;
	case CLASSIC_ADR_MODE:
		adr_mode(r, e);
		break;
	case CLASSIC_FINAL:
		report_final(r, e->rate, e->hi);
		break;
	case CLASSIC_GAVE_UP:
	case CLASSIC_TOO_FEW:
	case CLASSIC_NOTHING:
		nothing(r, e);
		break;
	default:
		break;
	}
}

void
report_classic(void *arg, const struct classic_event *e)
{
	const struct report *r = arg;
	char rate[REPORT_RATE_MAX];

	report_rate(e->rate, rate, sizeof(rate));
	if ((size_t)e->kind < sizeof(fixed) / sizeof(fixed[0]) &&
	    fixed[e->kind].text != NULL) {
		report_say(r, fixed[e->kind].where, "%s", fixed[e->kind].text);
		return;
	}
	length(r, e, rate);
	bursts(r, e, rate);
	measurement(r, e, rate);
	conclusion(r, e);
}
