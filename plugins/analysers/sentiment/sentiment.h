/* Parts of the analyser sentiment: a sentence's cues are weighed clause by clause (clauses.c), the clauses
 * come to a judgement of the sentence (judgement.c), what words say beside the rules is added up
 * (evidence.c), and sentiment.c takes the cues from the report and gives rows and layers. */
#ifndef ASSAY_PLUGINS_SENTIMENT_H
#define ASSAY_PLUGINS_SENTIMENT_H

#include <assay/assay.h>

enum polarity { POSITIVE, NEGATIVE, MIXED, NEUTRAL, N_POLARITIES };
extern const char *const sentiment_polarities[N_POLARITIES];

/* The kinds of cues: the ids of the lexicon's entries, which say what each is. Those from CURE on mark how a
 * sentence is built: they neither hide other cues nor are hidden. */
enum kind {
    STRENGTH,
    PROVISION,
    WEAKNESS,
    TROUBLE,
    NEGATION,
    LACK,
    REMEDY,
    NEED,
    PURPOSE,
    PLAN,
    EARLY,
    AWARENESS,
    CONTRAST,
    CONCESSION,
    DISREGARD,
    CONDITION,
    FACT,
    GRADE,
    PLAIN,
    CURE,
    DEMAND,
    TOPIC,
    VERB,
    RELATIVE,
    REFERENCE,
    ACCLAIM,
    GRAVITY,
    N_KINDS
};

struct cue {
    enum kind kind;
    uint32_t first, end; /* tokens */
};

/* A finding of a sentence: what stands between contrasts. */
struct clause {
    uint32_t first, end; /* tokens */
    bool opened;         /* its first word parts it from what is before */
    bool conceded;       /* behind an "although" */
    bool disregarded;    /* behind a "despite" */
    double strength, provision, weakness;
    bool announced, known, missed, early, stated; /* missed: knows of something that is asked for */
};

/* What decided, for people: a span of the text and its sign, '+', '-' or '0'. */
struct reason {
    uint32_t sentence;
    uint32_t begin, head, end; /* tokens; head: where its first cue ends */
    char sign;
};

struct reader {
    struct assay_context *c;
    const struct assay_report *r;
    uint32_t reach, remedy_reach; /* words */
    const uint32_t *kind_of;      /* per entry of the lexicon; N_KINDS: none */
    struct cue *cue;              /* of the sentence */
    uint32_t n_cues;
    struct clause *clause;
    uint32_t n_clauses;
    struct reason *reason; /* of the report */
    uint32_t n_reasons;
    /* the layer of findings: */
    uint32_t n_findings;
    uint32_t *finding_begin, *finding_end, *finding_label, *finding_sentence;
};

/* The most clauses that the sentences of the report can have together. */
size_t sentiment_most_clauses(const struct reader *, const struct assay_hits *);
/* Cuts a sentence into clauses and weighs the cues of each; what decides is noted among the reasons. */
void sentiment_weigh(struct reader *, uint32_t sentence);
/* What the sentence says, and its score; `before` is what the one before it in its paragraph says. */
enum polarity sentiment_judge(struct reader *, uint32_t sentence, enum polarity before, double *score);

/* What the rules say of a sentence. */
struct ruling {
    enum polarity polarity;
    uint32_t turns;     /* how often the signs of its reasons change, the first one counted, too: "+-" is 2 */
    bool praises_first; /* the first of them is '+' */
    bool final;         /* whatever the evidence */
};

/* What the evidence says of a sentence: log-odds that it reports a strength, and a weakness. */
struct verdict {
    double strength, weakness;
    enum polarity polarity;
    struct said {
        float weight;
        uint32_t first, end; /* tokens; both 0: none */
    } most[3]; /* the word or phrase that says most for a strength, for a weakness, for neither */
};
enum side { FOR_STRENGTH, FOR_WEAKNESS, FOR_NEITHER, N_SIDES };

struct evidence;

/* Reads the table of doc/method.md; valid for the run. NULL: it can't be read, or is refused with its line.
 */
const struct evidence *sentiment_read_evidence(struct assay_context *, const char *path);
/* A verdict for each sentence of the report, of which the rules said this. NULL: no memory. */
struct verdict *sentiment_weigh_evidence(const struct evidence *, struct assay_context *,
                                         const struct assay_report *, const struct ruling *);
/* From -1 to 1: how likely the sentence reports a strength, less how likely it reports a weakness, but 0
 * where that has the contrary sign of the polarity; in whole hundredths, so that a sum over what is printed
 * is the sum. */
double sentiment_verdict_score(const struct verdict *);

/* Whether one of these marks stands between the token and the one before it. */
bool sentiment_has_mark(const struct assay_report *, uint32_t token, const char *marks);
/* Whether the word before the token is "to". */
bool sentiment_is_infinitive(const struct assay_report *, uint32_t token);

#endif
