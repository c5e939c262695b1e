<?php
// Which server answered, and what is in the database. Whatever is missing becomes a sentence, never an error.
declare(strict_types=1);
ini_set('display_errors', '0');
header('Content-Type: text/html; charset=utf-8');
header('Cache-Control: no-store');

const FACTS = [
    'Instance' => 'instance-id',
    'Private address' => 'local-ipv4',
    'Public address' => 'public-ipv4',
    'Zone' => 'placement/availability-zone',
];

function escaped(mixed $text): string
{
    return htmlspecialchars((string) $text, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
}

/** Version 2 of the metadata service answers only with a token that was fetched first. */
function metadata(string $method, string $path, string $header): ?string
{
    // For tests; web servers pass no environment of the machine to PHP, and visitors cannot set it.
    $service = getenv('LAB_METADATA_URL', true) ?: 'http://169.254.169.254';
    $request = ['method' => $method, 'header' => $header, 'timeout' => 0.5, 'follow_location' => 0];
    $answer = @file_get_contents("$service/latest/$path", false, stream_context_create(['http' => $request]), 0, 1000);
    return $answer === false || $answer === '' ? null : $answer;
}

/** @return array<string, string> empty where there is no metadata service */
function facts(): array
{
    $token = metadata('PUT', 'api/token', "X-aws-ec2-metadata-token-ttl-seconds: 60\r\nContent-Length: 0");
    if ($token === null) {
        return [];
    }
    $ask = fn (string $path): ?string => metadata('GET', "meta-data/$path", "X-aws-ec2-metadata-token: $token");
    return array_map(fn (string $path): string => $ask($path) ?? 'none', FACTS);
}

/** @return array<int, array<string, mixed>>|string the rows, or a sentence that says why there are none */
function rows(): array|string
{
    $info = __DIR__ . '/../inc/dbinfo.inc';
    if (!extension_loaded('mysqli') || !is_readable($info)) {
        return 'This server is not set up for a database.';
    }
    try {
        require $info;
        $login = database_login();
        if ($login === null) {
            return 'This server has no login for a database (yet).';
        }
        return open_database($login)->query('SELECT ID, NAME, ADDRESS FROM SAMPLE ORDER BY ID LIMIT 100')
            ->fetch_all(MYSQLI_ASSOC);
    } catch (mysqli_sql_exception $error) {
        return match ($error->getCode()) {
            1044, 1045 => 'The database refused the login.',
            1049 => 'The database does not exist.',
            1146 => 'The database has no table SAMPLE (yet).',
            default => "The database cannot be reached (error {$error->getCode()}).",
        };
    } catch (Throwable) {
        return 'The database cannot be read.';
    }
}

$facts = facts();
$rows = rows();
?>
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>AWS basics lab</title>
<style>
body { font: 1rem/1.5 sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse } th, td { border: 1px solid #999; padding: .3rem .8rem; text-align: left }
</style>
</head>
<body>
<h1>Hello from this server</h1>
<?php if ($facts === []): ?>
<p>The metadata service does not answer: this is no EC2 instance, or it is switched off.</p>
<?php else: ?>
<table>
<?php foreach ($facts as $name => $value): ?>
<tr><th><?= escaped($name) ?></th><td><?= escaped($value) ?></td></tr>
<?php endforeach ?>
</table>
<?php endif ?>
<h2>Table SAMPLE</h2>
<?php if (is_string($rows)): ?>
<p><?= escaped($rows) ?></p>
<?php elseif ($rows === []): ?>
<p>The table is empty.</p>
<?php else: ?>
<table>
<tr><th>ID</th><th>NAME</th><th>ADDRESS</th></tr>
<?php foreach ($rows as $row): ?>
<tr><td><?= escaped($row['ID']) ?></td><td><?= escaped($row['NAME']) ?></td><td><?= escaped($row['ADDRESS']) ?></td></tr>
<?php endforeach ?>
</table>
<?php endif ?>
</body>
</html>
