#!/bin/sh
# nginx of the image whose files are in NMS_IMAGE_ROOT, with this machine's /tmp, where the tests' configuration lies. The
# process stays the one that was started, so that signals reach nginx.
exec unshare --mount --propagation private sh -c '
  mount --rbind /dev "$0/dev" && mount --rbind /proc "$0/proc" && mount --bind /tmp "$0/tmp" &&
  touch "$0/etc/hosts" && mount --bind /etc/hosts "$0/etc/hosts" && exec chroot "$0" env -C "$PWD" nginx "$@"
' "$NMS_IMAGE_ROOT" "$@"
