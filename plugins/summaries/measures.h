/* What the summaries compare: the value of every measure in every area of a report, read from the tables
 * sentiment, themes and risks, as many of them as the pipeline has. doc/method.md says what they are. */
#ifndef ASSAY_PLUGINS_MEASURES_H
#define ASSAY_PLUGINS_MEASURES_H

#include <assay/assay.h>

#define MEASURES_LEVEL 0.95 /* confidence of all intervals, as in the tables that are read */

/* Texts with numbers from 0 on. Memory is the callback's. */
struct names {
    const char **text;
    uint32_t n, room;
    uint32_t next; /* behind the one found last: rows come in the same order in most reports */
};
enum { NAMES_NONE = UINT32_MAX };

/* The number of the text prefix + text, new if it isn't there yet. NAMES_NONE: no memory. */
uint32_t names_find(struct assay_context *, struct names *, const char *prefix, const char *text,
                    size_t n_bytes);

/* An array of the callback's memory that is full at n elements: one of twice the room with the same content,
 * and zeros behind it. NULL: no memory. */
void *measures_grow(struct assay_context *, const void *array, uint32_t n, uint32_t *room, size_t element);

/* One measure in one area of the current report. */
struct point {
    uint32_t area, measure;             /* numbers of names */
    uint32_t area_place, measure_place; /* of the area in the report, of the measure in the area, from 0 */
    bool known;                         /* there is a value, over enough sentences to be compared */
    bool bounded;                       /* there is an interval of it */
    double value, low, high;
};

enum { MEASURES_SOURCES = 3 };

/* What is read, and where. */
struct measures {
    struct assay_context *c;
    struct names areas, measures;
    struct {
        bool there; /* the pipeline has the table */
        uint32_t area, id, sentences, value, low, high;
    } column[MEASURES_SOURCES];
    struct point *gathered, *point; /* as read, and area by area */
    uint32_t n_points, room, point_room;
};

/* Finds the tables' columns. -1: one of the tables hasn't what is read. Once, before measures_read(). */
int measures_open(struct measures *, struct assay_context *);
/* Sets `point` and `n_points` to those of the report that the cursor stands at. */
int measures_read(struct measures *);

/* Where a column stands in a table of the pipeline. -1: fails the callback. */
int measures_column(struct assay_context *, const char *table, const char *name, uint32_t type,
                    uint32_t *column);

#endif
