from bisect import bisect_left
from zlib import crc32


class NginxRing:
    """
    Spreads keys over nodes as nginx does (`hash … consistent`, ngx_http_upstream_hash_module), for pymemcache. Other clients'
    consistent hashing, libmemcached's ketama too, puts them elsewhere.
    """

    def __init__(self):
        self.points = []

    def add_node(self, node):
        host, port = node.rsplit(':', 1)
        base = crc32(f'{host}\0{port}'.encode())
        point = 0
        for _ in range(160):
            point = crc32(point.to_bytes(4, 'little'), base)
            self.points.append((point, node))
        # Of two nodes on one point, the one that was added first.
        self.points.sort(key=lambda pair: pair[0])

    def remove_node(self, node):
        self.points = [pair for pair in self.points if pair[1] != node]

    def get_node(self, key):
        if not self.points:
            return None
        data = key if isinstance(key, bytes) else key.encode()
        return self.points[bisect_left(self.points, (crc32(data),)) % len(self.points)][1]
