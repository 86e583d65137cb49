# The command, compiled, on the newest long-term Node. No keys in here: they come with the environment.
FROM node:24-slim AS build
WORKDIR /kis-stream
COPY package.json package-lock.json .npmrc ./
RUN npm install --no-fund --no-audit
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /kis-stream
COPY --from=build /kis-stream/package.json ./
COPY --from=build /kis-stream/node_modules node_modules
COPY --from=build /kis-stream/dist dist
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
ENTRYPOINT ["node", "dist/cli/main.js"]
CMD ["run"]
