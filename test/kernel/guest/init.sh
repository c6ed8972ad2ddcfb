#!/bin/busybox sh
# The guest's first process: brings the kernel's device handling up, then serves the tests until they end it.
export PATH=/usr/sbin:/sbin:/usr/bin:/bin:/busybox HOME=/root LANG=C.UTF-8
/bin/busybox mkdir -p /busybox /dev /proc /sys /run /tmp /root /var/lib
/bin/busybox --install -s /busybox
mount -t devtmpfs dev /dev
mkdir -p /dev/pts
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs run /run
mount -t devpts pts /dev/pts
mount -t debugfs debug /sys/kernel/debug
chmod 1777 /tmp
exec >/dev/console 2>&1
modprobe -a virtio_pci virtio_net xhci_pci vhci-hcd
ip link set lo up
ip link set eth0 up
ip addr add 10.0.2.15/24 dev eth0
/lib/systemd/systemd-udevd --daemon
udevadm trigger --action=add --subsystem-match=usb --subsystem-match=tty
udevadm settle --timeout=20
node /bench/control.mjs
poweroff -f
