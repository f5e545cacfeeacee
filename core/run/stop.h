/* Signals that ask a run to stop: SIGINT of a terminal, SIGTERM of a scheduler, SIGHUP of a terminal that
 * goes away. The run looks from time to time whether one has come, and leaves everything as it found it. */
#ifndef ASSAY_CORE_STOP_H
#define ASSAY_CORE_STOP_H

#include "base/error.h"

#include <poll.h>

/* From here on a first signal only asks, and a further one ends the process at once, but for one that comes
 * with the first: timeout(1) and shells send it to the process and to its group. Those that are ignored, as
 * SIGHUP under nohup(1), stay so. */
void assay_stop_watch(void);
/* For a process that ends with the run: a terminal and systemd send them to all, and the run alone decides.
 */
void assay_stop_ignore(void);
/* The signal that has asked; 0: none. */
int assay_stop_signal(void);
/* -1 and "stopped by SIGTERM" if one has asked, else 0. */
int assay_stop_check(struct assay_error *);
/* poll() that ends with EINTR also if one has asked just before. */
int assay_stop_poll(struct pollfd *, nfds_t n, int wait_ms);

#endif
