/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/child.h"
#include "tests/unit/unit.h"

#include "common/daemon.h"

#define PATH	256

/* A folder of its own, and a path in it. */
struct place {
	char	folder[PATH], path[PATH];
};

static int
make_place(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	const char *tmp = getenv("TMPDIR");

	if (p == NULL)
		return -1;
	*state = p;
	snprintf(p->folder, PATH, "%s/plumbline.XXXXXX",
	    tmp == NULL ? "/tmp" : tmp);
	if (mkdtemp(p->folder) == NULL)
		return -1;
	strlcpy(p->path, p->folder, PATH);
	return strlcat(p->path, "/pid", PATH) < PATH ? 0 : -1;
}

static int
remove_place(void **state)
{
	struct place *p = *state;

	unlink(p->path);
	rmdir(p->folder);
	free(p);
	return 0;
}

static void
assert_holds_our_pid(const char *path)
{
	char want[32], got[32] = "";
	int fd = open(path, O_RDONLY);

	assert_true(fd != -1);
	assert_true(read(fd, got, sizeof(got) - 1) > 0);
	close(fd);
	snprintf(want, sizeof(want), "%ld\n", (long)getpid());
	assert_string_equal(got, want);
}

static void
assert_refused(const char *path, int code)
{
	const char *what = NULL;
	int fd = -2;

	assert_int_equal(daemon_pidfile(path, &fd, &what), -1);
	assert_int_equal(errno, code);
	assert_ptr_equal(what, path);
	assert_int_equal(fd, -2);
}

static void
test_written_locked_removed(void **state)
{
	const struct place *p = *state;
	FILE *stale = fopen(p->path, "w");
	const char *what;
	int fd;

	assert_non_null(stale);
	fputs("12345678901234567890\nof a longer past\n", stale);
	fclose(stale);
	assert_int_equal(daemon_pidfile(p->path, &fd, &what), 0);
	assert_holds_our_pid(p->path);
	assert_refused(p->path, EWOULDBLOCK);
	assert_holds_our_pid(p->path);
	assert_int_equal(daemon_pidfile_remove(p->path, fd), 0);
	assert_int_equal(access(p->path, F_OK), -1);
	assert_int_equal(daemon_pidfile(p->path, &fd, &what), 0);
	assert_int_equal(daemon_pidfile_remove(p->path, fd), 0);
}

static void
test_refused(void **state)
{
	const struct place *p = *state;
	const char *what;
	int fd;

	assert_refused("/nonexistent/pid", ENOENT);
	assert_int_equal(mkfifo(p->path, 0600), 0);
	assert_refused(p->path, EINVAL);
	assert_int_equal(unlink(p->path), 0);
	/* A link could make a server write where its starter never meant. */
	assert_int_equal(symlink("elsewhere", p->path), 0);
	assert_int_equal(daemon_pidfile(p->path, &fd, &what), -1);
	/* Had it been created there, the folder could not be removed. */
	assert_int_equal(unlink(p->path), 0);
	assert_int_equal(rmdir(p->folder), 0);
}

static void
test_successor_is_left_alone(void **state)
{
	const struct place *p = *state;
	const char *what;
	int ours, theirs;

	assert_int_equal(daemon_pidfile(p->path, &ours, &what), 0);
	assert_int_equal(unlink(p->path), 0);
	assert_int_equal(daemon_pidfile(p->path, &theirs, &what), 0);
	assert_int_equal(daemon_pidfile_remove(p->path, ours), 0);
	assert_holds_our_pid(p->path);
	assert_int_equal(daemon_pidfile_remove(p->path, theirs), 0);
	assert_int_equal(access(p->path, F_OK), -1);
}

static int
remove_from_outside(int report, const void *arg)
{
	const struct place *p = arg;
	const char *what;
	int fd;

	if (daemon_pidfile(p->path, &fd, &what) == -1 ||
	    chmod(p->folder, 0) == -1)
		return 1;
	if (geteuid() == 0 && setuid(65534) == -1)
		return 2;
	dprintf(report, "removed=%d", daemon_pidfile_remove(p->path, fd));
	return 0;
}

static void
test_emptied_where_out_of_reach(void **state)
{
	const struct place *p = *state;
	struct stat st;
	char text[64];

	assert_int_equal(child_run(remove_from_outside, p, text,
	    sizeof(text)), 0);
	assert_string_equal(text, "removed=0");
	assert_int_equal(chmod(p->folder, 0700), 0);
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_size, 0);
}

/* Shared by the processes that fight for one file. */
struct arena {
	const char	*path;
	atomic_int	 holders, most, turns;
};

#define FIGHTERS	4
#define TURNS		1000

static void
fight(struct arena *a)
{
	const char *what;
	int fd, now;

	while (atomic_load(&a->turns) < TURNS) {
		if (daemon_pidfile(a->path, &fd, &what) == -1)
			continue;
		now = atomic_fetch_add(&a->holders, 1) + 1;
		if (now > atomic_load(&a->most))
			atomic_store(&a->most, now);
		atomic_fetch_add(&a->turns, 1);
		/* Time for one that got in by a file removed since. */
		usleep(50);
		atomic_fetch_sub(&a->holders, 1);
		daemon_pidfile_remove(a->path, fd);
	}
}

/* Taking and removing it at the same time, never two hold it. */
static void
test_only_one_holder(void **state)
{
	const struct place *p = *state;
	struct arena *a = mmap(NULL, sizeof(*a), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int i, status;

	assert_true(a != MAP_FAILED);
	a->path = p->path;
	fflush(NULL);
	for (i = 0; i < FIGHTERS; i++)
		if (fork() == 0) {
			alarm(CHILD_SECONDS);
			fight(a);
			_exit(0);
		}
	for (i = 0; i < FIGHTERS; i++) {
		assert_true(wait(&status) != -1);
		assert_int_equal(status, 0);
	}
	assert_true(atomic_load(&a->turns) >= TURNS);
	assert_int_equal(atomic_load(&a->most), 1);
	munmap(a, sizeof(*a));
}

#define IN_PLACE(test)	\
	cmocka_unit_test_setup_teardown(test, make_place, remove_place)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(test_written_locked_removed),
		IN_PLACE(test_refused),
		IN_PLACE(test_successor_is_left_alone),
		IN_PLACE(test_emptied_where_out_of_reach),
		IN_PLACE(test_only_one_holder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
