/**
 * For a host that runs the hub on plain Next: answers the hub's short paths by the versioned API, which the
 * hub mounts as Payload endpoints under `/api/v1`. Takes and gives a Next configuration.
 */
export function withHub(nextConfig = {}) {
  return {
    ...nextConfig,
    async rewrites() {
      const theirs = (await nextConfig.rewrites?.()) ?? []
      const own = [
        { source: '/health', destination: '/api/v1/health' },
        { source: '/ready', destination: '/api/v1/ready' },
        { source: '/mcp', destination: '/api/v1/mcp' },
        { source: '/v1/:path*', destination: '/api/v1/openai/:path*' },
      ]
      if (Array.isArray(theirs)) return [...own, ...theirs]
      return { ...theirs, beforeFiles: [...own, ...(theirs.beforeFiles ?? [])] }
    },
  }
}
