# SPDX-License-Identifier: Apache-2.0
#
# PHP-FPM with one worker, for programs in the folder of a test's httpd. Its
# socket is php.sock in that folder.
#
#   my $fpm = Fpm->start($httpd);    runs until the object is destroyed
package Fpm;
use strict;
use warnings;

sub program { my ($fpm) = grep { -x } glob '/usr/sbin/php-fpm*'; return $fpm }

sub start {
    my ($class, $httpd) = @_;
    my $dir = $httpd->{dir};
    $httpd->write_file('fpm.conf', "[global]\ndaemonize = no\nerror_log = $dir/fpm.log\n[www]\nuser = www-data\ngroup = www-data\nlisten = $dir/php.sock\nlisten.mode = 0666\npm = static\npm.max_children = 1\n");
    my $pid = fork // die $!;
    if (!$pid) { open STDERR, '>', "$dir/fpm.out"; exec program(), '-n', '-y', "$dir/fpm.conf" or die $! }
    my $self = bless {pid => $pid}, $class;
    $httpd->wait_until(sub { -S "$dir/php.sock" }, 'the socket of PHP-FPM');
    return $self;
}

sub DESTROY {
    my ($self) = @_;
    local $?;
    kill TERM => $self->{pid};
    waitpid $self->{pid}, 0;
}

1;
