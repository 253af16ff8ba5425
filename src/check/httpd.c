/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the line with the status begins with. */
#define FAULT "fault: "

static pid_t start(int ends[2], const check_options_t *options);
static void run(const int input[2], const int output[2],
                const check_options_t *options);
static void send(int to, const char *token);
static check_status_t pass_on(int from, int list);

check_status_t check_httpd(const check_options_t *options, const char *token)
{
    check_status_t status;
    int ends[2];
    int code = 0;
    pid_t child = start(ends, options);

    if (child < 0) {
        perror("introspect-check");
        return CHECK_FAILED;
    }
    send(ends[1], token);
    status = pass_on(ends[0], options->list);
    if (waitpid(child, &code, 0) != child || code != 0) {
        fprintf(stderr,
                "introspect-check: '%s -t -D DUMP_INTROSPECT' failed: httpd "
                "rejects the configuration, or is not installed\n",
                options->httpd);
        return CHECK_CONFIGURATION;
    }
    if (status == CHECK_FAILED) {
        fputs("introspect-check: httpd printed nothing: is mod_auth_introspect "
              "loaded?\n",
              stderr);
        return CHECK_CONFIGURATION;
    }
    return status;
}

/* ends: to read from, to write to. Below 0: it failed. */
static pid_t start(int ends[2], const check_options_t *options)
{
    int input[2];
    int output[2];
    pid_t child;

    if (pipe(input) != 0 || pipe(output) != 0) {
        return -1;
    }
    child = fork();
    if (child == 0) {
        run(input, output, options);
        _exit(127);
    }
    close(input[0]);
    close(output[1]);
    ends[0] = output[0];
    ends[1] = input[1];
    return child;
}

/* By the shell: a command may have words, such as -f FILE. */
static void run(const int input[2], const int output[2],
                const check_options_t *options)
{
    static const char rest[] = " -t -D DUMP_INTROSPECT";
    size_t size = strlen(options->httpd) + sizeof(rest);
    char *command = malloc(size);

    if (command == NULL || dup2(input[0], 0) < 0 || dup2(output[1], 1) < 0) {
        free(command);
        return;
    }
    close(input[0]);
    close(input[1]);
    close(output[0]);
    close(output[1]);
    snprintf(command, size, "%s%s", options->httpd, rest);
    if (options->list) {
        unsetenv("INTROSPECT_CHECK_SERVER");
    } else {
        setenv("INTROSPECT_CHECK_SERVER", options->server, 1);
    }
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    free(command);
}

/* Never on a command line, where other users of the machine see it. */
static void send(int to, const char *token)
{
    size_t length = token != NULL ? strlen(token) : 0;
    size_t sent = 0;

    signal(SIGPIPE, SIG_IGN);
    while (sent < length) {
        ssize_t count = write(to, token + sent, length - sent);

        if (count <= 0) {
            break;
        }
        sent += (size_t)count;
    }
    close(to);
}

/* Lines to our own output, each as a whole: in pieces, half a character that
 * steers a terminal would pass. The last "fault: ..." is the status. */
static check_status_t pass_on(int from, int list)
{
    check_status_t status = CHECK_FAILED;
    FILE *lines = fdopen(from, "r");
    char *line = NULL;
    size_t room = 0;

    while (lines != NULL && getline(&line, &room, lines) > 0) {
        size_t length = strcspn(line, "\n");
        int is_whole = line[length] == '\n';

        line[length] = '\0';
        check_print(line);
        fputs(is_whole ? "\n" : "", stdout);
        if (strncmp(line, FAULT, sizeof(FAULT) - 1) == 0) {
            status = check_status_of(line + sizeof(FAULT) - 1);
        } else if (list) {
            status = CHECK_GOOD;
        }
    }
    free(line);
    if (lines != NULL) {
        fclose(lines);
    }
    return status;
}
