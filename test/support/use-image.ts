import { join } from 'node:path';

// Read by local/nginx.ts: from here on, "nginx" is the one in the image.
process.env.NMS_NGINX = join(__dirname, 'nginx-in-image.sh');
