#!/bin/sh
# Run as the first process of new mount, pid, network, cgroup, uts and ipc namespaces: this machine's own files under an
# overlay that goes with the namespace, and systemd on them. $1: an empty folder.
set -e
mount --make-rprivate /
mount -t tmpfs upper "$1"
mkdir "$1/changes" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/changes,workdir=$1/work" "$1/root"
cd "$1/root"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs run run
mount -t tmpfs tmp tmp
mount -t tmpfs -o mode=755 dev dev
for node in 'null 1 3' 'zero 1 5' 'full 1 7' 'random 1 8' 'urandom 1 9' 'tty 5 0'; do
  # shellcheck disable=SC2086
  set -- $node "$@"
  mknod -m 666 "dev/$1" c "$2" "$3"
  shift 3
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts dev/pts
ln -s pts/ptmx dev/ptmx
mount -t tmpfs shm dev/shm
ip link set lo up
# Nothing of the machine that the root was made of begins to work in it.
rm -rf etc/systemd/system/*.wants usr/sbin/policy-rc.d
# A root that is a shared mount of its own: the mounts that systemd makes for its services spread from there.
mkdir -p mnt/machine
pivot_root . mnt/machine
exec chroot . /bin/sh -c 'umount -l /mnt/machine; mount --make-rshared /; exec /usr/bin/env -i container=lxc PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd --unit=basic.target --show-status=0'
