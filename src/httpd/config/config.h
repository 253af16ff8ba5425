/* SPDX-License-Identifier: Apache-2.0
 *
 * What directives leave behind: one mai_dir_t per section, vhost and
 * .htaccess, merged by httpd from the outside in.
 */
#ifndef MAI_CONFIG_H
#define MAI_CONFIG_H

#include <httpd.h>
#include <http_config.h>

#include "ask/server.h"
#include "claims/path.h"
#include "claims/policy.h"
#include "server/combination.h"

/* What the application sees. */
typedef enum mai_export_t {
    MAI_EXPORT_UNSET = 0,
    MAI_EXPORT_NONE = 1,
    MAI_EXPORT_ENV = 2,
    MAI_EXPORT_HEADER = 4,
    MAI_EXPORT_BOTH = MAI_EXPORT_ENV | MAI_EXPORT_HEADER
} mai_export_t;

/* How the values of claims are written for the application. */
typedef enum mai_encoding_t {
    MAI_ENCODING_UNSET = 0,
    MAI_ENCODING_UTF8,
    MAI_ENCODING_BASE64URL,
    MAI_ENCODING_PERCENT
} mai_encoding_t;

/* Where the application finds what the authorization server has signed. */
typedef struct mai_signed_export_t {
    const char *name; /* of a variable or a header; NULL: nowhere */
    int is_header;
} mai_signed_export_t;

/* A claim named in a directive. */
typedef struct mai_selection_t {
    ti_path_t path;
    const char *variable;      /* name for export, without the prefix */
    const ap_regex_t *pattern; /* for REMOTE_USER: what the value has to match,
                                  or NULL */
    const char *replacement;   /* with pattern: what becomes of it */
} mai_selection_t;

/* The configuration of one place. NULL, 0 and -1 mean "not set here". */
typedef struct mai_dir_t {
    int touched;               /* any directive of ours stands here */
    mai_combination_t *server; /* the authorization server without a name; NULL:
                                  none set here */
    struct mai_named_t *named; /* those with names that may vouch here instead;
                                  NULL: none */
    ti_switch_t try_all;       /* of these: one after the other */
    ti_switch_t qualify;       /* REMOTE_USER says which of them it was */
    const char *issuer;
    int issuer_required; /* with issuer: an answer has to say it */
    const apr_array_header_t *audiences; /* of const char * */
    apr_interval_time_t leeway;
    apr_interval_time_t max_age;
    const apr_array_header_t *remote_user; /* of mai_selection_t */
    mai_export_t export;
    const char *prefix;              /* of environment variables */
    const char *header_prefix;       /* the same, for headers */
    const struct mai_names_t *names; /* with prefix: ready ones, or NULL */
    const apr_array_header_t *export_claims; /* of mai_selection_t */
    const char *export_lists; /* what stands between the elements of a list;
                                 "": JSON; NULL: not set here */
    mai_encoding_t encoding;  /* of what is exported */
    ti_switch_t export_json;  /* the whole answer as well */
    const mai_signed_export_t *export_signed; /* the answer as it was signed;
                                                 NULL: not set here */
    const struct ti_scoping_t *scoping;       /* of tokens; NULL: as usual */
    ti_switch_t forward_token;
    struct mai_resource_t *resource;    /* whose metadata is published */
    const apr_array_header_t *own_url;  /* the resource as an audience */
    const apr_array_header_t *required; /* scopes, for the checks at start */
    const apr_array_header_t *origins;  /* of pages, const char * */
    ti_switch_t allow_preflight;
    const apr_array_header_t *revisions; /* of MCP whose headers are checked,
                                            const char *; empty: Off */
    ti_switch_t optional;
    const apr_array_header_t *carriers; /* of tokens; NULL: Authorization */
    const apr_array_header_t *allowed;  /* those of the administrator */
    const apr_array_header_t *narrowed; /* those of .htaccess files */
    ti_switch_t cross_site;
    const apr_array_header_t *logout; /* clients whose logout tokens count, of
                                         const char * */
    const apr_array_header_t *log_claims; /* in lines about refusals, of
                                             mai_selection_t; NULL: the usual */
    const char *scope;    /* what challenges name, instead of Require's */
    const char *misnamed; /* for the checks at start: why AuthName cannot
                             stand in a challenge, or NULL */
    ti_switch_t admin; /* who may use our pages: On, anybody who gets here; Off,
                          nobody; unset, who is authenticated */

    /* What a request would merge, merged at start: this over its server's. */
    const struct mai_dir_t *usual_outer;
    struct mai_dir_t *usual_merged;

    /* For the checks at start, and where log lines name the place. */
    const server_rec *s;    /* where this section stands */
    const char *where;      /* file and line of AuthType */
    ti_switch_t introspect; /* AuthType Introspect stands here, or Basic with
                               our provider */
    int by_alias;           /* Basic with an alias of it, which may have
                               settings of its own */
    const char *sends_to;   /* Basic: the provider that is asked about passwords
                               after ours, or NULL */
} mai_dir_t;

#define MAI_HEADER_PREFIX "INTROSPECT-CLAIM-"
#define MAI_LEEWAY apr_time_from_sec(60)
#define MAI_LEEWAY_MAX apr_time_from_sec(3600) /* more is no clock skew */

/* Nothing is set; all bytes of it are defined. */
void mai_config_clear(mai_dir_t *dir);

/* httpd's create and merge. */
void *mai_config_create(apr_pool_t *p, char *path);
void *mai_config_merge(apr_pool_t *p, void *outer, void *inner);

/* At start: let mai_config_merge find this over `outer` made, in `p`. */
void mai_config_settle(mai_dir_t *dir, const mai_dir_t *outer, apr_pool_t *p);

/* This request's, or this section's, configuration. */
const mai_dir_t *mai_config_of(const request_rec *r);

/* Where a section stands, for people: file, within ServerRoot by its name
 * there, and line. NULL stays NULL. */
const char *mai_config_shown(const char *where);

/* The one authorization server of a place; NULL: none, or several. */
mai_combination_t *mai_config_only(const mai_dir_t *dir);

/* What a server's sections inherit. */
const mai_dir_t *mai_config_defaults(const server_rec *s);

/* The policy of a place, with defaults where nothing is set. */
void mai_config_policy(ti_policy_t *policy, const mai_dir_t *dir);

/* Forget the sections of the last reading (pre_config), and walk over those
 * that this reading has found (of mai_dir_t *). */
void mai_config_begin(apr_pool_t *pconf);
const apr_array_header_t *mai_config_sections(void);
void mai_config_end(void);

/* IntrospectCache and IntrospectCacheSecret: once for the whole httpd. */
typedef struct mai_cache_config_t {
    apr_size_t table_size;         /* 0: no table */
    struct mai_socache_t *socache; /* or NULL */
    const char *secret;
    const char *previous_secret;
    const char *password;  /* of the store; or NULL */
    const char *sentinels; /* of those who know where it is; or NULL */
    int chosen;            /* IntrospectCache was read */
} mai_cache_config_t;

#define MAI_TABLE_SIZE ((apr_size_t)32 * 1024 * 1024) /* shm:32M */

mai_cache_config_t *mai_config_cache(void);

#endif
