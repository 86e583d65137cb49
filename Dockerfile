# The command, installed as npm installs it, on the newest long-term Node. No keys in here: they come with the environment.
FROM node:24-slim AS build
WORKDIR /kis-stream
COPY package.json package-lock.json .npmrc ./
RUN npm install --no-fund --no-audit
COPY . .
RUN npm pack --silent --pack-destination / && mv /kis-stream-*.tgz /kis-stream.tgz

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /kis-stream
COPY --from=build /kis-stream.tgz ./
# With the page of the jobs and exports; the inspector of stately.ai needs a browser on the same machine.
RUN npm install --no-fund --no-audit ./kis-stream.tgz @bull-board/api@9 @bull-board/hono@9 @bull-board/ui@9 @duckdb/node-api@1.5.6-r.1 \
  && rm kis-stream.tgz && npm cache clean --force
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
ENTRYPOINT ["node", "node_modules/kis-stream/dist/cli/main.js"]
CMD ["run"]
