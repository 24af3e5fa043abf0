# syntax=docker/dockerfile:1
# Two images: `server`, the last and so the default, and `demo`, which brings PostgreSQL and the demo servers along.
ARG NODE_IMAGE=node:24-slim

# What npm reads, and nothing that changes with every edit.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY server/package.json server/
COPY resources/policy/package.json resources/policy/
COPY resources/kit/package.json resources/kit/

FROM manifests AS build
# Compiling needs no program that a package would install by a script.
RUN npm ci --ignore-scripts
COPY tsconfig.base.json tsconfig.json ./
COPY migrations/ migrations/
COPY resources/ resources/
COPY server/ server/
# The server and what it stands on; the examiner is not part of an image.
RUN npm run build -- server

FROM build AS demo
# Now the scripts too: the embedded PostgreSQL unpacks itself.
RUN npm rebuild
RUN install --directory --owner=node --group=node --mode=700 /data
ENV SALLYPORT_DATA_DIR=/data
VOLUME /data
USER 1000:1000
ENTRYPOINT ["node", "/app/server/bin/sallyport.js"]
CMD ["dev"]

FROM manifests AS production
# The embedded PostgreSQL, the MCP SDK and express are optional peers of the server, for `sallyport dev` alone.
RUN npm ci --omit=dev --omit=optional --workspace=server --ignore-scripts
COPY --from=build /app/resources/policy/dist/ resources/policy/dist/
COPY --from=build /app/resources/kit/dist/ resources/kit/dist/
COPY --from=build /app/server/dist/ server/dist/
COPY server/bin/ server/bin/

FROM ${NODE_IMAGE} AS server
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="Sallyport" \
      org.opencontainers.image.description="An OAuth authorization server for MCP servers" \
      org.opencontainers.image.version="${VERSION}"
ENV NODE_ENV=production
WORKDIR /app
COPY --from=production /app/ /app/
# By number, so that a cluster can tell that it is not root. Nothing below /app is this user's, and nothing is written.
USER 1000:1000
EXPOSE 9400
# Through the management port, which stays on loopback. It answers within two seconds or counts as not ready.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.SALLYPORT_MANAGEMENT_PORT || 9490) + '/readyz', { signal: AbortSignal.timeout(4000) }).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/server/bin/sallyport.js"]
CMD ["serve"]
