/* The words of the table `errors`. */
#include "run/failure.h"

const char *const assay_step_name[ASSAY_N_STEPS] = {[ASSAY_STEP_READ] = "read",
                                                    [ASSAY_STEP_LOAD] = "load",
                                                    [ASSAY_STEP_MODEL] = "model",
                                                    [ASSAY_STEP_ANALYSE] = "analyse"};

const char *const assay_failure_code_name[ASSAY_N_FAILURE_CODES] = {[ASSAY_NOT_READ] = "not_read",
                                                                    [ASSAY_NO_LOADER] = "no_loader",
                                                                    [ASSAY_NOT_LOADED] = "not_loaded",
                                                                    [ASSAY_NO_MODEL] = "no_report",
                                                                    [ASSAY_NOT_ANALYSED] = "not_analysed",
                                                                    [ASSAY_OUT_OF_MEMORY] = "out_of_memory",
                                                                    [ASSAY_OUT_OF_TIME] = "out_of_time",
                                                                    [ASSAY_CRASHED] = "crashed",
                                                                    [ASSAY_EXITED] = "exited",
                                                                    [ASSAY_REFUSED_CALL] = "refused_call",
                                                                    [ASSAY_WRONG_ANSWER] = "wrong_answer"};

int assay_fail_report(struct assay_failure *f, enum assay_failure_code code)
{
    f->code = code;
    return -1;
}
