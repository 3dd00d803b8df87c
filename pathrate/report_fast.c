/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>

#include "common/text.h"
#include "pathrate/histogram.h"
#include "pathrate/report_fast.h"
#include "pathrate/report_private.h"

#define BAR		50	/* characters of the highest bin */
#define PROGRESS	"\r\033[K"

const char *
report_verdict(enum fast_verdict verdict)
{
	static const char *const names[] = {
		[FAST_IDLE] = "idle", [FAST_LOADED] = "loaded",
		[FAST_SHAPED] = "shaped",
		[FAST_HOST_LIMITED] = "host-limited",
		[FAST_VIRTUAL] = "virtual-link"
	};

	return names[verdict];
}

const char *
report_evidence(enum fast_evidence evidence)
{
	static const char *const names[] = {
		[FAST_PAIRS] = "pairs", [FAST_TRAINS] = "trains",
		[FAST_BURSTS] = "bursts"
	};

	return names[evidence];
}

const char *
report_sort(enum fast_sort sort)
{
	static const char *const names[] = {
		[FAST_SCALE_TRAIN] = "scale", [FAST_BUCKET_TRAIN] = "bucket",
		[FAST_PAIR_TRAIN] = "pair", [FAST_LONG_TRAIN] = "long",
		[FAST_SMALL_TRAIN] = "small"
	};

	return names[sort];
}

const char *
report_fast_failure(const struct fast *f)
{
	if (f->result.valid)
		return NULL;
	return f->trains == 0 ? "No train arrived" :
	    "Too few packets arrived";
}

static const char *
rate(double mbps, char buf[TEXT_MAX])
{
	return text_rate(mbps * 1e6, buf, TEXT_MAX);
}

void
report_fast_start(const struct report *r, const struct fast *f)
{
	report_say(r, LOG | NORMAL,
	    "-- Packet pairs and trains of %zu bytes --\n\n",
	    f->config.max_payload + f->config.headers);
}

void
report_fast_train(const struct report *r, const struct fast *f,
    const int64_t *arrival_ns)
{
	const struct train_ask *a = &f->ask;
	size_t bytes = a->payload + f->config.headers, packets;
	char buf[TEXT_MAX];
	double gap_ns;

	packets = fast_gap_ns(arrival_ns, a->len + 1, &gap_ns);
	report_say(r, LOG | VERBOSE, "\tTrain-%u (%s): %zu of %zu packets of "
	    "%zuB", a->round - 1, report_sort(f->sort), packets, a->len + 1,
	    bytes);
	if (gap_ns > 0)
		report_say(r, LOG | VERBOSE, " -> %s (%.1f usec)",
		    rate(8000.0 * (double)bytes / gap_ns, buf), gap_ns / 1e3);
	report_say(r, LOG | VERBOSE, "\n");
}

void
report_fast_progress(FILE *terminal, const struct fast *f, int64_t now_ns)
{
	char buf[TEXT_MAX];

	fputs(PROGRESS, terminal);
	if (f != NULL) {
		fprintf(terminal, "%.1f s, %zu trains",
		    (double)(now_ns - f->start_ns) / 1e9, f->trains);
		if (f->result.valid)
			fprintf(terminal, ", about %s",
			    rate(f->result.mbps, buf));
	}
	fflush(terminal);
}

static void
bins(const struct report *r, unsigned int where, const struct histogram *h)
{
	static const char bar[] = "##########" "##########" "##########"
	    "##########" "##########";
	size_t i, most = 1, width;
	char a[TEXT_MAX];

	for (i = 0; i < h->bins; i++)
		if (h->count[i] > most)
			most = h->count[i];
	for (i = 0; i < h->bins; i++) {
		width = (h->count[i] * BAR + most - 1) / most;
		report_say(r, where, "\t%14s |%-*.*s %zu\n",
		    rate(sqrt(h->edge[i] * h->edge[i + 1]), a), BAR,
		    (int)width, bar, h->count[i]);
	}
}

static void
modes(const struct report *r, struct fast *f, bool asked)
{
	unsigned int where = LOG | (asked ? NORMAL : VERBOSE);
	char a[TEXT_MAX], b[TEXT_MAX], c[TEXT_MAX];
	struct histogram h;
	size_t i;

	histogram_of(f->sample, fast_rates(f), &h);
	report_say(r, where, "\n-- Local modes --\n");
	bins(r, where, &h);
	for (i = 0; i < h.modes; i++)
		report_say(r, where, "\t* Mode: %s (%s to %s) - %zu "
		    "measurements\n", rate(h.mode[i].rate, a),
		    rate(h.mode[i].lo, b), rate(h.mode[i].hi, c),
		    h.mode[i].count);
	report_say(r, where, "\n");
}

static void
shaped(const struct report *r, const struct fast_result *x)
{
	char peak[TEXT_MAX], sustained[TEXT_MAX];

	report_say(r, LOG | NORMAL, "shaped path: peak %s%s, sustained %s, "
	    "bucket of %.0f bytes\n", x->peak_bound ? "at least " : "",
	    rate(x->peak_mbps, peak), rate(x->sustained_mbps, sustained),
	    x->bucket_bytes);
}

static void
verdict(const struct report *r, const struct fast_result *x)
{
	report_say(r, LOG | NORMAL, "\t--> Verdict: ");
	if (x->verdict == FAST_SHAPED)
		shaped(r, x);
	else if (x->verdict == FAST_VIRTUAL)
		report_say(r, LOG | NORMAL, "virtual link: no narrow link "
		    "visible; host-limited, a lower bound\n");
	else if (x->lower_bound)
		report_say(r, LOG | NORMAL, "no narrow link visible; "
		    "host-limited, a lower bound\n");
	else if (x->verdict == FAST_HOST_LIMITED)
		report_say(r, LOG | NORMAL, "host-limited: a busy host hides "
		    "the link, the estimate is rough\n");
	else if (x->verdict == FAST_LOADED)
		report_say(r, LOG | NORMAL, "loaded path%s\n", x->crossed ?
		    ": cross traffic taken out of every train" : "");
	else
		report_say(r, LOG | NORMAL, "idle path\n");
}

static void
evidence(const struct report *r, const struct fast_result *x)
{
	static const char *const what[] = {
		[FAST_PAIRS] = "packet pairs of least delay",
		[FAST_TRAINS] = "trains", [FAST_BURSTS] = "bursts"
	};
	const char *unit = x->evidence == FAST_BURSTS ? "burst" : "packet";

	report_say(r, LOG | NORMAL, "\t--> Evidence: %s, %zu %s%s apart; "
	    "%.0f %% undisturbed\n", what[x->evidence], x->scale, unit,
	    x->scale == 1 ? "" : "s", 100 * x->undisturbed);
}

static void
figures(const struct report *r, const struct fast_result *x)
{
	char a[TEXT_MAX], b[TEXT_MAX], c[TEXT_MAX];

	report_say(r, LOG | NORMAL, "\t--> Capacity: %s%s\n",
	    x->lower_bound ? "at least " : "", rate(x->mbps, a));
	report_say(r, LOG | NORMAL, "\t--> 95 %% interval: %s to %s\n",
	    rate(x->lo, b), rate(x->hi, c));
	if (x->has_overhead)
		report_say(r, LOG | NORMAL, "\t--> Overhead below IP: %.0f "
		    "bytes a packet, with it %s\n", x->overhead_bytes,
		    rate(x->link_mbps, a));
}

static void
host(const struct report *r, const struct report_facts *facts)
{
	const char *limit;

	if (facts->host == NULL)
		return;
	if (facts->host->socket_drops > 0)
		report_say(r, LOG | NORMAL, "\t--> This host dropped %jd "
		    "packets\n", (intmax_t)facts->host->socket_drops);
	limit = host_limit(facts->host);
	if (limit != NULL)
		report_say(r, LOG | NORMAL, "\t--> This host: %s\n", limit);
}

void
report_fast(const struct report *r, const struct report_facts *facts,
    bool histogram)
{
	struct fast *f = facts->fast;
	const struct fast_result *x = &f->result;

	if (!x->valid) {
		report_say(r, LOG, "%s\n", report_fast_failure(f));
		host(r, facts);
		return;
	}
	modes(r, f, histogram);
	evidence(r, x);
	verdict(r, x);
	figures(r, x);
	host(r, facts);
	report_say(r, LOG | NORMAL, "\n");
	report_final(r, x->lo, x->hi);
}
