/** Version of both packages, for records of what made a file. A test holds it to their manifests. */
export const VERSION = '0.1.0';
