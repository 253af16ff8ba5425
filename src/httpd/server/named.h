/* SPDX-License-Identifier: Apache-2.0
 *
 * Authorization servers with names: <IntrospectServer NAME> defines one, and
 * IntrospectServer NAME... lists those that may vouch for tokens in a place.
 */
#ifndef MAI_NAMED_H
#define MAI_NAMED_H

#include <httpd.h>

#include "server/combination.h"

/* The servers that may vouch for tokens in one place. In the pool of the
 * section, or of the request whose .htaccess narrows the list. */
typedef struct mai_named_t {
    const apr_array_header_t *names; /* of const char *, as written */
    const server_rec *s;             /* where they are looked up first */
    const char *where;               /* file and line, for the checks */
    int narrows;             /* nonzero: from a .htaccess, not yet applied */
    int is_several;          /* nonzero: the configuration names several here */
    const char *complaint;   /* why no server may be asked, or NULL */
    mai_combination_t *only; /* the server if it is the only one; else NULL */
    const apr_array_header_t *all;  /* of mai_combination_t *, in the order of
                                       the configuration */
    const apr_array_header_t *left; /* those of `all` that a .htaccess keeps;
                                       NULL: all of them */
    const apr_array_header_t
        *servers; /* of const ti_server_t *, in the order of `all` */
} mai_named_t;

/* For pre_config: forget the servers of the previous configuration. */
void mai_named_begin(apr_pool_t *pconf);

/* Is this a valid name: letters, digits, ".", "-", "_", at most 64? */
int mai_named_is_name(const char *text);

/* Define a server under its name in `server->s`: in a virtual host, or outside
 * for all of them. Zero: the name is taken. */
int mai_named_add(mai_combination_t *server, apr_pool_t *p);

/* All defined servers, of mai_combination_t *. */
const apr_array_header_t *mai_named_all(void);

/* When the configuration is read: let a server inherit from `defaults`, the
 * settings around it (NULL: none). */
void mai_named_inherit(mai_combination_t *server,
                       const mai_combination_t *defaults, apr_pool_t *p);

/* Find the servers that a place names. NULL, or a complaint in `p`. */
const char *mai_named_resolve(mai_named_t *named, apr_pool_t *p);

/* In post_config, when the servers are ready: fill `servers` of a place. */
void mai_named_settle(mai_named_t *named, apr_pool_t *p);

/* Narrow the list `outer`, which may be NULL, to the names of a .htaccess. The
 * result is in `p` and never has more servers. Which server a token belongs to
 * is still decided among all servers of the configuration. */
mai_named_t *mai_named_narrow(const mai_named_t *outer,
                              const mai_named_t *inner, apr_pool_t *p);

/* Does a .htaccess keep the i-th server of `all`? */
int mai_named_has(const mai_named_t *named, int i);

/* While the configuration is read: note a Require line of `s`, at `where`, that
 * uses this name. */
void mai_named_require(const server_rec *s, const char *name, const char *where,
                       apr_pool_t *p);

/* When the configuration is read: the next name in a Require line that is not
 * defined, and its location in *where. NULL: there are no more. *i begins
 * with 0. */
const char *mai_named_missing(const char **where, int *i, apr_pool_t *p);

/* Is this name defined for requests to `s`? Outside of virtual hosts a name of
 * any virtual host counts too. */
int mai_named_is_known(const server_rec *s, const char *name, apr_pool_t *p);

#endif
