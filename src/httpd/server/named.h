/* SPDX-License-Identifier: Apache-2.0
 *
 * Authorization servers with names: <IntrospectServer NAME> says what one is,
 * IntrospectServer NAME... who may vouch in a place.
 */
#ifndef MAI_NAMED_H
#define MAI_NAMED_H

#include <httpd.h>

#include "server/combination.h"

/* Who may vouch in one place; in the pool of its section, or of the request
 * whose .htaccess narrows it. */
typedef struct mai_named_t {
    const apr_array_header_t *names; /* of const char *, as written */
    const server_rec *s;             /* where they are looked up first */
    const char *where;               /* file and line, for the checks */
    int narrows;             /* nonzero: of a .htaccess, not yet applied */
    int is_several;          /* nonzero: the administrator named several here */
    const char *complaint;   /* why nobody may be asked, or NULL */
    mai_combination_t *only; /* where it is one; else NULL */
    const apr_array_header_t *all;  /* of mai_combination_t *, in the order of
                                       the administrator */
    const apr_array_header_t *left; /* what a .htaccess leaves of all; NULL:
                                       all of them */
    const apr_array_header_t
        *servers; /* of const ti_server_t *: those of all */
} mai_named_t;

/* Forget those of the last reading; for pre_config. */
void mai_named_begin(apr_pool_t *pconf);

/* A name as it may be written, of 64 characters at most. */
int mai_named_is_name(const char *text);

/* Remember what a name stands for, in `server->s`: a virtual host or, outside
 * of all, for all. Zero: it stands for another one already. */
int mai_named_add(mai_combination_t *server, apr_pool_t *p);

/* All that were defined, of mai_combination_t *. */
const apr_array_header_t *mai_named_all(void);

/* When all is read: let each inherit from `defaults`, the settings around it
 * (NULL: none). */
void mai_named_inherit(mai_combination_t *server,
                       const mai_combination_t *defaults, apr_pool_t *p);

/* Find what a place names. NULL, or a complaint in `p`. */
const char *mai_named_resolve(mai_named_t *named, apr_pool_t *p);

/* From post_config on, when the servers are ready: those of a place. */
void mai_named_settle(mai_named_t *named, apr_pool_t *p);

/* What is left of `outer`, which may be NULL, where a .htaccess narrows it:
 * in `p`, never more than was there. For which of them a token is stays as the
 * administrator has it. */
mai_named_t *mai_named_narrow(const mai_named_t *outer,
                              const mai_named_t *inner, apr_pool_t *p);

/* Is the one at `i` of all left? */
int mai_named_has(const mai_named_t *named, int i);

/* While the configuration is read: a line of `s`, at `where`, asks for this
 * name. */
void mai_named_require(const server_rec *s, const char *name, const char *where,
                       apr_pool_t *p);

/* When all is read: the next name that was asked for and is none, and *where;
 * NULL: there is none any more. *i begins with 0. */
const char *mai_named_missing(const char **where, int *i, apr_pool_t *p);

/* Does this name stand for a server for requests of `s`? Outside of virtual
 * hosts also one of any of them. */
int mai_named_is_known(const server_rec *s, const char *name, apr_pool_t *p);

#endif
