FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source

# What changes seldom comes first: the restore is a layer of its own.
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/WebConcurrency/WebConcurrency.csproj src/WebConcurrency/packages.lock.json src/WebConcurrency/
COPY src/WebConcurrency.Server/WebConcurrency.Server.csproj src/WebConcurrency.Server/packages.lock.json src/WebConcurrency.Server/
RUN dotnet restore src/WebConcurrency.Server --locked-mode

COPY src/ src/
RUN dotnet publish src/WebConcurrency.Server --no-restore -c Release -o /published -p:UseAppHost=false

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /published .
USER $APP_UID
EXPOSE 8080
ENTRYPOINT ["dotnet", "WebConcurrency.Server.dll"]
