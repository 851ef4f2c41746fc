# Build: docker build -t gameserver .
# Run:   docker run -p 27015:27015/udp -v ./mods:/srv/gameserver/mods -v gameserver-config:/srv/gameserver/config gameserver

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
# Restore first: the layer is kept as long as no project file changes.
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src/Luau/Luau.csproj src/Luau/
COPY src/Toml/Toml.csproj src/Toml/
COPY src/Net/Net.csproj src/Net/
COPY src/Scripting/Scripting.csproj src/Scripting/
COPY src/Server/Server.csproj src/Server/Runtime.props src/Server/
RUN dotnet restore src/Server/Server.csproj
COPY src src
RUN dotnet publish src/Server/Server.csproj -c Release --no-restore -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
# The server writes below config/ (token, bans, settings of mods), logs/ and data/ only.
RUN mkdir -p /srv/gameserver/config /srv/gameserver/logs /srv/gameserver/data /srv/gameserver/mods \
    && chown -R $APP_UID:$APP_UID /srv/gameserver
COPY --from=build /app /app
COPY --chown=$APP_UID:$APP_UID server.toml /srv/gameserver/
COPY --chown=$APP_UID:$APP_UID mods /srv/gameserver/mods
WORKDIR /srv/gameserver
USER $APP_UID
EXPOSE 27015/udp
VOLUME ["/srv/gameserver/config", "/srv/gameserver/data", "/srv/gameserver/logs"]
# Asks the admin interface inside the container; no token is needed for readiness.
HEALTHCHECK --interval=10s --timeout=4s --start-period=10s --retries=3 CMD ["/app/gameserver", "check", "--live"]
ENTRYPOINT ["/app/gameserver"]
CMD ["run"]
