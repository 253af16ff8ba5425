# SPDX-License-Identifier: Apache-2.0
#
# An administrator with a password of httpd's own, for the module's pages.
#
#   Admin::place('/status', 'introspect-status', @lines)   its section
#   Admin::write_users($httpd)                             admin, admin-pass
package Admin;
use strict;
use warnings;

sub place {
    my ($path, $handler, @lines) = @_;
    return join "\n    ", "<Location $path>", "SetHandler $handler", @lines, 'AuthType Basic', 'AuthName admin', 'AuthBasicProvider file',
        'AuthUserFile %DIR%/users', "Require user admin\n</Location>\n";
}

sub write_users {
    my ($httpd) = @_;
    return $httpd->write_file('users', 'admin:{SHA}' . `printf admin-pass | openssl dgst -sha1 -binary | openssl base64`);
}

1;
